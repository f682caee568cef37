namespace Memento.Queries;

/// <summary>A comparison. The numbers are sent, so they never change.</summary>
internal enum GuardOperator : byte
{
    Equal = 0,
    NotEqual = 1,
    LessThan = 2,
    LessThanOrEqual = 3,
    GreaterThan = 4,
    GreaterThanOrEqual = 5,
}

/// <summary>Properties of an operator.</summary>
internal static class GuardOperators
{
    /// <summary>The operator that says the same with its sides exchanged.</summary>
    public static GuardOperator Mirrored(this GuardOperator comparison) => comparison switch
    {
        GuardOperator.LessThan => GuardOperator.GreaterThan,
        GuardOperator.LessThanOrEqual => GuardOperator.GreaterThanOrEqual,
        GuardOperator.GreaterThan => GuardOperator.LessThan,
        GuardOperator.GreaterThanOrEqual => GuardOperator.LessThanOrEqual,
        _ => comparison,
    };

    /// <summary>Whether it asks for equality, which values without an order have too.</summary>
    public static bool IsEquality(this GuardOperator comparison)
        => comparison is GuardOperator.Equal or GuardOperator.NotEqual;

    public static string Sign(this GuardOperator comparison) => comparison switch
    {
        GuardOperator.Equal => "==",
        GuardOperator.NotEqual => "!=",
        GuardOperator.LessThan => "<",
        GuardOperator.LessThanOrEqual => "<=",
        GuardOperator.GreaterThan => ">",
        GuardOperator.GreaterThanOrEqual => ">=",
        _ => throw new ArgumentOutOfRangeException(nameof(comparison)),
    };
}
