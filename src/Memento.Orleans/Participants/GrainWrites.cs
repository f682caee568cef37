using Memento.Messages;
using Orleans.Transactions;

namespace Memento.Participants;

/// <summary>
/// What grains in other processes have written for a body of this one. Only Orleans knows of it, and not
/// before their calls have ended.
/// </summary>
internal sealed class GrainWrites(OrleansRecord record)
{
    private readonly Lock _gate = new();
    private readonly List<RollbackRequest> _maybeLate = [];

    /// <summary>Undoes what they wrote under a savepoint.</summary>
    public Task RollbackAsync(RollbackRequest request)
    {
        IReadOnlyCollection<ParticipantId> participants;
        lock (_gate)
        {
            participants = record.FindPartitions(out bool isComplete);

            // A call that still runs may be one that writes under the savepoint.
            if (!isComplete) _maybeLate.Add(request);
        }

        return Task.WhenAll(participants.Select(each =>
            each.Reference.AsReference<IIndexGrain>().RollbackAsync(request)));
    }

    /// <summary>
    /// Undoes again what they wrote whose calls were running when their savepoint was given up; for a body
    /// that has ended.
    /// </summary>
    public async Task RollbackLateAsync()
    {
        foreach (RollbackRequest request in _maybeLate.ToArray())
            await RollbackAsync(request).ConfigureAwait(false);
    }
}
