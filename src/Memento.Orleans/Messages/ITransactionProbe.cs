namespace Memento.Messages;

/// <summary>Finds out whether Orleans knows of the transaction that is running.</summary>
[Alias("Memento.ITransactionProbe")]
internal interface ITransactionProbe : IGrainWithIntegerKey
{
    /// <summary>Does nothing; inside a transaction it is refused before it leaves.</summary>
    [Alias("ProbeAsync")]
    [Transaction(TransactionOption.NotAllowed)]
    Task ProbeAsync();
}
