using Memento.Participants;

namespace Memento.Transactions.Reading;

/// <summary>Has a silo claim records for transactions.</summary>
internal interface IClaims
{
    /// <summary>The most records that are claimed at once.</summary>
    int MostWanted { get; }

    /// <summary>
    /// Claims the first records of a query that nobody else has locked. The transaction has not
    /// used the table, or the silo would have to know its locks and writes.
    /// </summary>
    ValueTask<IEnumerable<object>> ClaimAsync(
        QueryShape shape, OperationSender sender, CancellationToken cancellationToken);
}
