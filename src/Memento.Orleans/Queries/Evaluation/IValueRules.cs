using System.Numerics;

namespace Memento.Queries.Evaluation;

/// <summary>
/// How the values of one type compare: C#'s operators, or the store's rule where C# would depend on
/// the machine. Implemented by structs, so that the comparison is inlined.
/// </summary>
internal interface IValueRules<T>
{
    static abstract bool HasOrder { get; }

    /// <summary>
    /// What a list's Contains goes by; it may differ from <see cref="Equal"/> for NaN.
    /// </summary>
    static abstract IEqualityComparer<T> Equality { get; }

    static abstract bool Equal(T left, T right);

    static abstract bool Less(T left, T right);

    static abstract bool LessOrEqual(T left, T right);

    /// <summary>Converts a boxed constant, of a type that can be compared with this one.</summary>
    static abstract ConstantFit Convert(object constant, out T value);

    /// <summary>Converts as C#'s numeric promotion does.</summary>
    static abstract T Promote<TNumber>(TNumber value)
        where TNumber : struct, INumberBase<TNumber>;
}
