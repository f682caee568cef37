using Memento.Keys;
using Memento.Locks;
using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Tables;
using Memento.Tests.Conformance;

namespace Memento.Tests.Transactions;

/// <summary>A transaction of a client, and the fake grains of a table's partitions.</summary>
internal sealed class RemoteScene : IPartitions
{
    private readonly Dictionary<int, FakeIndexGrain> _grains = [];

    public RemoteScene(bool hasAge = true, bool keepsWritesBack = false)
    {
        var id = Guid.NewGuid();
        TimeProvider time = TimeProvider.System;
        State = new TransactionState(
            id,
            hasAge ? new TransactionAge(1, id) : null,
            time.GetTimestamp() + (60 * time.TimestampFrequency),
            generation: 0,
            this,
            time)
        {
            KeepsWritesBack = keepsWritesBack,
        };
    }

    public bool ShareMemory => false;

    public SiloAddress? Here => null;

    public int Generation => 0;

    public HybridClock Clock { get; } = new(TimeProvider.System);

    public bool Stands(int generation, long position) => true;

    public void ShowNumbers(IReadOnlyList<HighNumber> used) => throw new NotSupportedException();

    public TransactionState State { get; }

    public TableDefinition Table { get; } = TableDefinitionReader.Read(typeof(Note));

    /// <summary>Ends when partitions can be found.</summary>
    public Task Opening { get; init; } = Task.CompletedTask;

    /// <summary>The grain of the first partition, which most tests use.</summary>
    public FakeIndexGrain Grain => GrainOf(0);

    /// <summary>How many operations the commit would say that the first partition saw.</summary>
    public int Counted => State.Find(Table, 0)?.Operations ?? 0;

    public FakeIndexGrain GrainOf(int number)
    {
        lock (_grains)
        {
            if (!_grains.TryGetValue(number, out FakeIndexGrain? grain))
                _grains.Add(number, grain = new FakeIndexGrain());
            return grain;
        }
    }

    public async ValueTask<Participant> EnlistAsync(
        TransactionState state,
        TableDefinition table,
        int number,
        CancellationToken cancellationToken)
    {
        await Opening;
        return state.Enlist(
            table, number, () => new RemoteParticipant(state, table, number, GrainOf(number)));
    }

    public ValueTask<long> NextNumberAsync(
        TableDefinition table, CancellationToken cancellationToken)
        => throw new NotSupportedException();

    /// <summary>Begins a read of a key, in the partition that the test names.</summary>
    public Task<object?> Read(
        int id,
        int number = 0,
        Savepoint? savepoint = null,
        bool writes = false,
        CancellationToken cancellationToken = default)
        => State.ExecuteAsync(
            Table,
            number,
            new ReadOperation(KeyOf(id), writes),
            savepoint,
            cancellationToken)
            .AsTask();

    public Task<bool> Write(int id, string text, Savepoint? savepoint = null)
        => State.ExecuteAsync(
            Table,
            number: 0,
            new WriteOperation(
                KeyOf(id),
                new Note { Id = id, Text = text },
                Table.IndexSet.Stamp,
                onlyIfAbsent: false),
            savepoint,
            CancellationToken.None).AsTask();

    public Task<bool> Delete(int id)
        => State.ExecuteAsync(
            Table,
            number: 0,
            new DeleteOperation(KeyOf(id), Table.IndexSet.Stamp),
            savepoint: null,
            CancellationToken.None).AsTask();

    /// <summary>The participant of the first partition, as the commit names it.</summary>
    public NamedParticipant NameToCommit()
    {
        Assert.True(State.TryBeginCommit());
        return Assert.Single(OrleansParticipant.NameToCommit(State, OrleansParticipant.None));
    }

    /// <summary>The text of a write.</summary>
    public string TextOf(Operation write)
        => ((Note)Table.Deserialize(((WriteOperation)write).Document)).Text;

    /// <summary>The keys of a message's operations, in its order.</summary>
    public int[] KeysOf(FakeMessage message)
        => [.. message.Request.Operations.Select(KeyOf)];

    public int KeyOf(OperationRequest request)
        => (int)Table.KeyCodec.Decode(((IKeyOperation)request.Operation).Key);

    public async Task<FakeMessage> MessageAsync(int index, int number = 0)
    {
        await Waiting.UntilAsync(
            () => GrainOf(number).Messages.Count > index, $"message {index} to partition {number}");
        return GrainOf(number).Messages[index];
    }

    private Key KeyOf(int id) => Table.KeyCodec.EncodeArgument(id);
}
