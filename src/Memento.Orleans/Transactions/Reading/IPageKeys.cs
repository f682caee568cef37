namespace Memento.Transactions.Reading;

/// <summary>Knows the secret by which the cluster knows its own continuations of pages again.</summary>
internal interface IPageKeys
{
    /// <summary>The secret, the same in all processes and after every restart.</summary>
    ValueTask<byte[]> GetAsync(CancellationToken cancellationToken);
}
