using Memento.Locks;
using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Tables;
using Memento.Transactions;

namespace Memento.Tests.Transactions;

/// <summary>
/// A transaction on real partitions of a silo, whose operations fail where a test says.
/// </summary>
internal sealed class StepScene : IPartitions
{
    private readonly Partition[] _partitions;
    private int _operations;

    public StepScene(TableStorage storage)
    {
        Table = TableDefinitionReader.Read(typeof(Knot), new TableOptions { Storage = storage });
        TimeProvider time = TimeProvider.System;
        _partitions = [.. Table.PartitionNumbers.Select(number => new Partition(
            Table, number, epoch: 1, new PartitionContent(Table), time))];
        var id = Guid.NewGuid();
        State = new TransactionState(
            id,
            new TransactionAge(1, id),
            time.GetTimestamp() + (60 * time.TimestampFrequency),
            generation: 0,
            this,
            time);
        Writer = new RecordWriter(new OperationSender(State, this, log: null, savepoint: null));
    }

    public bool ShareMemory => true;

    public SiloAddress? Here => null;

    public int Generation => 0;

    public HybridClock Clock { get; } = new(TimeProvider.System);

    public bool Stands(int generation, long position) => true;

    public void ShowNumbers(IReadOnlyList<HighNumber> used) => throw new NotSupportedException();

    public TableDefinition Table { get; }

    public TransactionState State { get; }

    public RecordWriter Writer { get; }

    /// <summary>The number of the operation that fails, from 1.</summary>
    public int FailAt { get; set; }

    /// <summary>Whether it fails after it was carried out, as where an answer is lost.</summary>
    public bool FailsAfter { get; set; }

    /// <summary>The exception that it throws.</summary>
    public Exception Error { get; } = new InvalidOperationException("The step fails.");

    /// <summary>Whether undoing fails too.</summary>
    public bool FailsToUndo { get; set; }

    public bool HasFailed { get; private set; }

    /// <summary>The staged writes, of the table and of the indexes.</summary>
    public IReadOnlyList<string> Staged
        => [.. _partitions
            .Select(partition => partition.Find(State.Id))
            .OfType<PartitionTransaction>()
            .SelectMany(static each => each.Staged.Effective)
            .Select(static each => $"{each.Space} {Convert.ToHexString(each.Key.Bytes)} "
                + Describe(each.Record))
            .Order(StringComparer.Ordinal)];

    public void Rearm(int failAt)
    {
        FailAt = failAt;
        HasFailed = false;
        _operations = 0;
    }

    public ValueTask<Participant> EnlistAsync(
        TransactionState state,
        TableDefinition table,
        int number,
        CancellationToken cancellationToken)
        => new(state.Enlist(
            table,
            number,
            () => new FailingParticipant(
                this, new LocalParticipant(_partitions[number].Join(state.Header)))));

    public ValueTask<long> NextNumberAsync(
        TableDefinition table, CancellationToken cancellationToken)
        => throw new NotSupportedException();

    private static string Describe(StoredRecord? record) => record?.Record switch
    {
        null => "-",
        byte[] owner => Convert.ToHexString(owner),
        Knot knot => $"{knot.Id} {knot.Code} {knot.Name}",
        var other => $"{other}",
    };

    private sealed class FailingParticipant(StepScene scene, LocalParticipant inner)
        : Participant(inner.Table, inner.Number)
    {
        public override ValueTask RollbackAsync(Savepoint savepoint)
            => scene.FailsToUndo
                ? ValueTask.FromException(new TimeoutException("No answer."))
                : inner.RollbackAsync(savepoint);

        public override void Abort() => inner.Abort();

        public override ValueTask<bool> WhenArrivedAsync(CancellationToken cancellationToken)
            => inner.WhenArrivedAsync(cancellationToken);

        protected override async ValueTask<TResult> ExecuteCoreAsync<TResult>(
            Operation<TResult> operation,
            Savepoint? savepoint,
            CancellationToken cancellationToken)
        {
            bool fails = ++scene._operations == scene.FailAt;
            scene.HasFailed |= fails;
            if (fails && !scene.FailsAfter) throw scene.Error;

            TResult result = await inner.ExecuteAsync(operation, savepoint, cancellationToken);
            return fails ? throw scene.Error : result;
        }
    }
}
