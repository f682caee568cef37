using System.Numerics;

namespace Memento.Queries.Evaluation;

/// <summary>Strings, by ordinal on every machine.</summary>
internal readonly struct TextRules : IValueRules<string>
{
    public static bool HasOrder => true;

    public static IEqualityComparer<string> Equality => StringComparer.Ordinal;

    public static bool Equal(string left, string right) => string.Equals(left, right);

    public static bool Less(string left, string right) => string.CompareOrdinal(left, right) < 0;

    public static bool LessOrEqual(string left, string right)
        => string.CompareOrdinal(left, right) <= 0;

    public static ConstantFit Convert(object constant, out string value)
    {
        value = (string)constant;
        return ConstantFit.Inside;
    }

    public static string Promote<TNumber>(TNumber value)
        where TNumber : struct, INumberBase<TNumber>
        => throw new NotSupportedException("A number is no string.");
}
