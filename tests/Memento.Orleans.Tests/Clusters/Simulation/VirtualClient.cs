using Memento.Locks;
using Memento.Messages;
using Memento.Tests.Clusters.Simulation.Grains;
using Memento.Tests.Consistency;
using Memento.Tests.Locks.Simulation;

namespace Memento.Tests.Clusters.Simulation;

/// <summary>An operation of a body: a read of a list, or an append to one.</summary>
/// <param name="Key">The list.</param>
/// <param name="IsAppend">Whether it appends.</param>
/// <param name="Locks">Whether it locks the list for writing; an append always does.</param>
internal readonly record struct VirtualStep(int Key, bool IsAppend, bool Locks = false);

/// <summary>
/// A process outside the silos that runs transactions, one after the other, and runs those again
/// that met a conflict.
/// </summary>
internal sealed partial class VirtualClient(ClusterSimulation all, SeededRandom random, int number)
    : Node(all)
{
    private static readonly long OperationTimeout = VirtualTime.Milliseconds(500);
    private static readonly long CommitTimeout = VirtualTime.Milliseconds(700);
    private static readonly long AttemptTime = VirtualTime.Milliseconds(1_200);
    private static readonly long LookUpTime = VirtualTime.Milliseconds(3_000);

    private int _transactions;

    /// <summary>
    /// Whether Orleans' own agent ends its transactions in which grains have written.
    /// </summary>
    public bool IsOfOrleansAlone { get; init; }

    /// <summary>Runs a transaction; false: it gave up, or does not know the outcome.</summary>
    public async Task<bool> RunAsync(IReadOnlyList<VirtualStep> steps, int mostAttempts)
    {
        string name = $"T{number}.{++_transactions}";
        TransactionAge? age = null;
        for (int i = 1; i <= mostAttempts; i++)
        {
            Attempt attempt = new(this, All.NewId($"{name} attempt {i}"), age);
            age = attempt.Age;
            CommitResult result = await attempt.RunAsync(steps);
            if (result.IsCommitted || result.IsInDoubt) return result.IsCommitted;
            await DelayAsync(VirtualTime.Milliseconds(random.Between(1, 10 * Math.Min(i, 10))));
        }

        return false;
    }

    private sealed partial class Attempt
    {
        private readonly VirtualClient _client;
        private readonly ClusterSimulation _all;
        private readonly Guid _id;
        private readonly long _start;
        private readonly List<ListOperation> _operations = [];
        private readonly Dictionary<int, VirtualParticipant> _participants = [];
        private readonly HashSet<SiloAddress> _touched = [];

        // Appends to lists that it has locked for writing are kept back, by partition.
        private readonly HashSet<int> _locked = [];
        private readonly Dictionary<int, List<KeptAppend>> _kept = [];

        public Attempt(VirtualClient client, Guid id, TransactionAge? age)
        {
            _client = client;
            _all = client.All;
            _id = id;
            _start = _all.Time.Now;
            Age = age ?? new TransactionAge(_start, id);
        }

        public TransactionAge Age { get; }

        public async Task<CommitResult> RunAsync(IReadOnlyList<VirtualStep> steps)
        {
            CommitResult result = CommitResult.TryAgain("an operation was refused");
            bool isDone = true;
            _isManagedByGrain = FindIsManagedByGrain(steps);
            foreach (VirtualStep each in steps)
            {
                isDone = await DoAsync(each);
                if (!isDone) break;
            }

            if (isDone) result = await CommitAsync();
            if (result.IsRefused)
            {
                foreach (SiloAddress each in _touched)
                    _all.Network.Send(each, there => there.Abort(_id));
                if (!_isCommitting) AbortInGrains();
            }

            Tell(result.IsCommitted ? "is committed" : result.IsInDoubt ? "is in doubt" : "fails");
            _all.Record(
                _start,
                result.IsCommitted ? ListOutcome.Committed
                    : result.IsInDoubt ? ListOutcome.Unknown
                    : ListOutcome.Aborted,
                _operations);
            return result;
        }

        private async Task<bool> DoAsync(VirtualStep step)
        {
            if (_all.GrainOf(step.Key) is { } grain) return await UseGrainAsync(step, grain);

            int partition = step.Key / VirtualPartition.KeysInPartition;
            int? appended = step.IsAppend ? _all.NewValue() : null;
            if (appended is { } value)
            {
                _operations.Add(ListOperation.Append(step.Key, value));
                if (_locked.Contains(step.Key) && !_isManagedByGrain)
                {
                    if (!_kept.TryGetValue(partition, out List<KeptAppend>? kept))
                        _kept.Add(partition, kept = []);
                    kept.Add(new KeptAppend(step.Key, value));
                    Tell($"{_operations[^1]} is kept back");
                    return true;
                }
            }

            List<KeptAppend> ahead = _kept.GetValueOrDefault(partition) ?? [];
            while (_all.Time.Now - _start < AttemptTime)
            {
                OperationAnswer? answer = OperationAnswer.Moved;
                if (_all.OwnerOf(partition) is { } silo)
                {
                    _touched.Add(silo);
                    answer = await _all.Network.CallAsync(
                        _client,
                        silo,
                        OperationTimeout,
                        there => there.ExecuteAsync(
                            new OperationCall(
                                _id,
                                Age,
                                partition,
                                step.Key,
                                appended,
                                step.IsAppend || step.Locks,
                                [.. ahead])),
                        isOnce: true);
                    if (answer is { End: OperationEnd.Done })
                    {
                        int earlier = _participants.GetValueOrDefault(partition)?.Operations ?? 0;
                        _participants[partition] = new VirtualParticipant(
                            partition, silo, earlier + ahead.Count + 1, []);
                        if (ahead.Count > 0) _all.Counts.Add(Happening.KeptAppendSent);
                        ahead.Clear();
                        if (step.IsAppend || step.Locks) _locked.Add(step.Key);
                        if (appended is null)
                            _operations.Add(ListOperation.Read(step.Key, answer.Values));
                        Tell($"{_operations[^1]} in {_all.NameOf(silo)}");
                        return true;
                    }
                }

                if (answer is not { End: OperationEnd.Moved }) return false;
                await _client.DelayAsync(VirtualTime.Milliseconds(20));
            }

            return false;
        }

        private async Task<CommitResult> CommitAsync()
        {
            _isCommitting = true;
            if (_isManagedByGrain) return await CommitByGrainAsync();

            VirtualForeign? foreign = FindForeign();
            if (foreign is not null) _all.Counts.Add(Happening.ManagedBySilo);
            List<VirtualParticipant> participants =
            [
                .. _participants.Values.Select(each => each with
                {
                    Kept = [.. _kept.GetValueOrDefault(each.Partition) ?? []],
                }),
            ];
            CommitAnswer? answer = await _all.Network.CallAsync(
                _client,
                participants[0].Silo,
                CommitTimeout,
                there => there.CommitAsync(_id, participants, foreign));
            if (answer is not null) return answer.Result;

            _all.Counts.Add(Happening.AnswerLookedUp);
            long began = _all.Time.Now;
            while (_all.Time.Now - began < LookUpTime)
            {
                if (_all.OwnerOf(participants[0].Partition) is { } silo)
                {
                    answer = await _all.Network.CallAsync(
                        _client,
                        silo,
                        OperationTimeout,
                        there => there.DecideAsync(_id, participants));
                    if (answer is not null) return answer.Result;
                }

                await _client.DelayAsync(VirtualTime.Milliseconds(50));
            }

            return CommitResult.Failed(new TransactionInDoubtException(
                _id, new StorageException("no answer")));
        }

        private void Tell(string what)
        {
            if (_all.Time.IsTold) _all.Time.Tell($"{_all.NameOf(_id)}: {what}");
        }
    }
}
