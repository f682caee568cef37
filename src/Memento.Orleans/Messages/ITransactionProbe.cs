namespace Memento.Messages;

/// <summary>Finds out whether Orleans knows the running transaction.</summary>
[Alias("Memento.ITransactionProbe")]
internal interface ITransactionProbe : IGrainWithIntegerKey
{
    /// <summary>
    /// Does nothing. Inside a transaction, Orleans refuses the call before it leaves.
    /// </summary>
    [Alias("ProbeAsync")]
    [Transaction(TransactionOption.NotAllowed)]
    Task ProbeAsync();
}
