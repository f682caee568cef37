using Memento.Messages;
using Memento.Tests.Clusters.Simulation.Grains;
using Memento.Tests.Consistency;
using Orleans.Transactions;
using Orleans.Transactions.Abstractions;

namespace Memento.Tests.Clusters.Simulation;

/// <content>
/// Transactions with states of grains, by the steps of
/// <see cref="Memento.Transactions.MementoTransactionAgent"/> and of Orleans' own agent.
/// </content>
internal sealed partial class VirtualClient
{
    private static readonly long GrainTimeout = VirtualTime.Milliseconds(500);

    private long _time;

    /// <summary>A new time of this process, above another one, unlike those of others.</summary>
    private long NewTime(long above)
    {
        long now = DateTime.UnixEpoch.Ticks + All.Time.Now + number;
        return _time = Math.Max(Math.Max(_time, above) + 1, now);
    }

    /// <content>An attempt that uses states of grains.</content>
    private sealed partial class Attempt
    {
        // In the order of their first uses.
        private readonly List<CountedParty> _grains = [];
        private bool _isManagedByGrain;
        private bool _isCommitting;
        private long _time;

        /// <summary>
        /// Whether Orleans' agent ends it, with a grain as the manager: nothing of ours is durable,
        /// or the client is one of Orleans alone.
        /// </summary>
        private bool FindIsManagedByGrain(IReadOnlyList<VirtualStep> steps)
        {
            VirtualStep[] ours = [.. steps.Where(each => _all.GrainOf(each.Key) is null)];
            bool haveGrainsWritten = steps.Any(
                each => each.IsAppend && _all.GrainOf(each.Key) is not null);
            return ours.Length == 0
                || (haveGrainsWritten && (_client.IsOfOrleansAlone || !Array.Exists(
                    ours,
                    each => _all.IsDisk(each.Key / VirtualPartition.KeysInPartition))));
        }

        private async Task<bool> UseGrainAsync(VirtualStep step, int grain)
        {
            Party party = Party.Grain(grain);
            int? appended = step.IsAppend ? _all.NewValue() : null;
            if (appended is { } value) _operations.Add(ListOperation.Append(step.Key, value));
            int place = _grains.FindIndex(each => each.Party == party);
            if (place < 0)
            {
                // Before the call: it may have locked it where its answer is lost.
                place = _grains.Count;
                _grains.Add(new CountedParty(party, default));
            }

            AccessCounter known = _grains[place].Count;
            GrainAnswer? answer = await _all.Grains!.CallAsync(
                _client,
                grain,
                GrainTimeout,
                there => there.UseAsync(
                    new GrainCall(_id, Age.StartTicks, known, _time, appended)));
            if (answer is null) return false;

            if (step.IsAppend)
                known.Writes++;
            else
                known.Reads++;
            _grains[place] = new CountedParty(party, known);
            _time = Math.Max(_time, answer.Time);
            if (!step.IsAppend) _operations.Add(ListOperation.Read(step.Key, answer.Values));
            Tell($"{_operations[^1]} in grain {grain}");
            return true;
        }

        /// <summary>Null: no grains take part.</summary>
        private VirtualForeign? FindForeign()
            => _grains.Count > 0 ? new VirtualForeign([.. _grains], _time) : null;

        private void AbortInGrains()
        {
            foreach (CountedParty each in _grains)
                _all.Grains!.Abort(_client, each.Party, _id);
        }

        /// <summary>Orleans' agent: the first grain that has written is the manager.</summary>
        private async Task<CommitResult> CommitByGrainAsync()
        {
            List<CountedParty> all = [.. _grains, .. _participants.Values.Select(Count)];
            long time = _client.NewTime(_time);
            if (all.Find(static each => each.Count.Writes > 0) is not { } manager)
                return await EndReadsAsync(all, time);

            _all.Counts.Add(Happening.ManagedByGrain);
            if (_all.Time.IsTold) Tell($"commits, managed by {manager.Party}");
            foreach (CountedParty each in all.Where(each => each != manager))
            {
                _all.Grains!.Prepare(
                    _client, each.Party, new PrepareCall(_id, each.Count, time, manager.Party));
            }

            StatusAnswer? answer = await _all.Grains!.PrepareAndCommitAsync(
                _client,
                manager.Party.Number,
                new PrepareAndCommitCall(
                    _id,
                    manager.Count,
                    time,
                    [
                        .. all.Where(static each => each.Count.Writes > 0)
                            .Select(static each => each.Party),
                    ],
                    all.Count));
            return ResultOf(answer);
        }

        private async Task<CommitResult> EndReadsAsync(List<CountedParty> all, long time)
        {
            StatusAnswer?[] answers = await Task.WhenAll(all.Select(each =>
                _all.Grains!.CallAsync(
                    _client,
                    each.Party.Number,
                    VirtualGrain.ResponseTimeout,
                    there => there.EndReadsAsync(_id, each.Count, time))));
            if (Array.TrueForAll(answers, static each => each?.Status == TransactionalStatus.Ok))
                return CommitResult.Committed;

            // It has changed nothing: it is not in doubt.
            AbortInGrains();
            return CommitResult.TryAgain("says the simulation");
        }

        private CommitResult ResultOf(StatusAnswer? answer)
        {
            if (answer?.Status == TransactionalStatus.Ok) return CommitResult.Committed;
            return answer?.Status.DefinitelyAborted() == true
                ? CommitResult.TryAgain("says the simulation")
                : CommitResult.Failed(new TransactionInDoubtException(
                    _id, new StorageException("says the simulation")));
        }

        private CountedParty Count(VirtualParticipant participant)
        {
            var count = new AccessCounter();
            bool hasChanged = _operations.Exists(each => each.Appended is not null
                && _all.GrainOf(each.Key) is null
                && each.Key / VirtualPartition.KeysInPartition == participant.Partition);
            if (hasChanged)
                count.Writes = participant.Operations;
            else
                count.Reads = participant.Operations;
            return new CountedParty(Party.Partition(participant.Partition), count);
        }
    }
}
