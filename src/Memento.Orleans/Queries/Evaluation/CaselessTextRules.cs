using System.Numerics;

namespace Memento.Queries.Evaluation;

/// <summary>Strings without regard to case, by ordinal and so on every machine alike.</summary>
internal readonly struct CaselessTextRules : IValueRules<string>
{
    public static bool HasOrder => true;

    public static IEqualityComparer<string> Equality => StringComparer.OrdinalIgnoreCase;

    public static bool Equal(string left, string right)
        => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    public static bool Less(string left, string right)
        => string.Compare(left, right, StringComparison.OrdinalIgnoreCase) < 0;

    public static bool LessOrEqual(string left, string right)
        => string.Compare(left, right, StringComparison.OrdinalIgnoreCase) <= 0;

    public static ConstantFit Convert(object constant, out string value)
        => TextRules.Convert(constant, out value);

    public static string Promote<TNumber>(TNumber value)
        where TNumber : struct, INumberBase<TNumber>
        => TextRules.Promote(value);
}
