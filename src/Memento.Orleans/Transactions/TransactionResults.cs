namespace Memento.Transactions;

internal static class TransactionResults
{
    /// <summary>The same result without its value.</summary>
    public static TransactionResult WithoutValue<T>(this TransactionResult<T> result)
        => new(result.Ok, result.Reason) { Attempts = result.Attempts };
}
