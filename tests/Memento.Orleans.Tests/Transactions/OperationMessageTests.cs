using Memento.Keys;
using Memento.Locks;
using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Tables;
using Memento.Tests.Conformance;
using Memento.Tests.Conformance.Tables;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace Memento.Tests.Transactions;

/// <summary>
/// The answers of a silo to a message of operations, seen from a client over TCP.
/// </summary>
public sealed class OperationMessageTests : IAsyncLifetime
{
    private TestSilo _silo = null!;
    private TableDefinition _table = null!;
    private IIndexGrain _grain = null!;

    public async ValueTask InitializeAsync()
    {
        _silo = await TestSilo.StartAsync(
            static memento => memento.AddTable<Entry>(static table => table.Partitions = 1),
            static silo => silo.Configure<SiloMessagingOptions>(
                static options => options.ResponseTimeout = TimeSpan.FromSeconds(4)));
        IServiceProvider client = await _silo.ConnectAsync(
            static memento => memento.AddTable<Entry>(static table => table.Partitions = 1));
        _table = client.GetRequiredService<TableRegistry>().Get<Entry>();
        _grain = client.GetRequiredService<IGrainFactory>()
            .GetGrain<IIndexGrain>(IndexGrainKey.Of(_table.Name, 0));
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
    }

    [Fact]
    public async Task An_operation_that_waits_holds_up_none_behind_it_and_says_so_in_time()
    {
        ExecuteRequest younger = Request(age: 2, Read("free"), Write("locked", 3));
        await _grain.ExecuteAsync(younger);
        ExecuteRequest older = Request(
            age: 1, Write("locked", 1), Write("free too", 1), Read("free"));

        ExecuteResponse response = await _grain.ExecuteAsync(older).Within();

        Assert.Equal(
            [true, false, false],
            response.Operations.Select(static each => each.IsStillWaiting));
        Assert.All(response.Operations, static each => Assert.Null(each.Error));
        Assert.Equal(1, response.Operations[1].Answer?.Number);

        await _grain.AbortAsync(younger.TransactionId);
        ExecuteResponse again = await _grain.ExecuteAsync(
            older with { Operations = new[] { older.Operations[0] } }).Within();
        Assert.Equal(1, Assert.Single(again.Operations).Answer?.Number);

        await CommitAsync(older, operations: 3);
    }

    [Fact]
    public async Task A_transaction_that_lost_a_lock_does_not_wait_for_its_others()
    {
        ExecuteRequest oldest = Request(age: 1, Write("of the oldest", 1));
        ExecuteRequest youngest = Request(age: 3, Write("of the youngest", 1));
        await _grain.ExecuteAsync(oldest);
        await _grain.ExecuteAsync(youngest);

        ExecuteResponse response = await _grain.ExecuteAsync(
            Request(age: 2, Write("of the youngest", 2), Write("of the oldest", 2))).Within();

        Assert.All(
            response.Operations,
            static each => Assert.IsType<TransactionConflictException>(each.Error));
    }

    [Fact]
    public async Task A_conflict_is_answered_with_its_lock_and_was_not_thrown()
    {
        await _grain.ExecuteAsync(Request(age: 1, Write("k", 1)));

        ExecuteResponse response = await _grain.ExecuteAsync(
            Request(age: 2, new ReadOperation(KeyOf("k"), writes: true))).Within();

        OperationResponse refused = Assert.Single(response.Operations);
        Assert.Null(Assert.IsType<TransactionConflictException>(refused.Error).StackTrace);
        Assert.Equal(KeyOf("k").Bytes, refused.Lost?.EncodedKey);
        Assert.True(refused.Lost?.Writes);
    }

    [Fact]
    public async Task A_patient_operation_waits_for_an_older_transaction_and_holds_nothing()
    {
        ExecuteRequest older = Request(age: 1, Write("k", 1));
        await _grain.ExecuteAsync(older);
        ExecuteRequest younger = Request(age: 2, Await("k", TimeSpan.FromMinutes(1)));
        Task<ExecuteResponse> waiting = _grain.ExecuteAsync(younger);
        await Waiting.UntilAsync(
            () => Partition.Find(younger.TransactionId)?.Waiting is not null, "it waits");

        // It would wait for the lock that the younger one needs for its key, if that had it.
        ExecuteResponse whole = await _grain.ExecuteAsync(
            older with { Operations = Requests(new LockPartitionOperation(writes: true)) })
            .Within();
        Assert.False(Assert.Single(whole.Operations).IsStillWaiting);
        Assert.False(waiting.IsCompleted, "It waits for the older one.");

        await _grain.AbortAsync(older.TransactionId);
        OperationResponse got = Assert.Single((await waiting.Within()).Operations);
        Assert.Null(got.Error);
        Assert.True(AnswerCodecs.Flag.Decode(_table, got.Answer!), "It has the lock.");
        OperationResponse refused = Assert.Single((await _grain.ExecuteAsync(
            Request(age: 3, Read("k"))).Within()).Operations);
        Assert.IsType<TransactionConflictException>(refused.Error);
        await CommitAsync(younger, operations: 1);
    }

    [Fact]
    public async Task Many_that_wait_for_one_transaction_get_its_lock_one_after_the_other()
    {
        ExecuteRequest oldest = Request(age: 1, Write("k", 1));
        await _grain.ExecuteAsync(oldest);
        List<(ExecuteRequest Request, Task<ExecuteResponse> Response)> waiting = [];
        for (int age = 2; age < 10; age++)
        {
            ExecuteRequest request = Request(age, Await("k", TimeSpan.FromMinutes(1)));
            waiting.Add((request, _grain.ExecuteAsync(request)));
        }

        await _grain.AbortAsync(oldest.TransactionId);
        while (waiting.Count > 0)
        {
            await Task.WhenAny(waiting.Select(static each => each.Response)).Within();
            (ExecuteRequest request, Task<ExecuteResponse> response) = Assert.Single(
                waiting, static each => each.Response.IsCompleted);
            OperationResponse answer = Assert.Single((await response).Operations);
            if (!answer.IsStillWaiting)
            {
                Assert.True(AnswerCodecs.Flag.Decode(_table, answer.Answer!), "It has the lock.");
                await CommitAsync(request, operations: 1);
            }

            waiting.RemoveAll(each => each.Request == request);
            if (answer.IsStillWaiting) waiting.Add((request, _grain.ExecuteAsync(request)));
        }
    }

    [Fact]
    public async Task A_patient_operation_gives_up_after_its_patience_and_was_carried_out()
    {
        await _grain.ExecuteAsync(Request(age: 1, Write("k", 1)));
        ExecuteRequest younger = Request(age: 2, Await("k", TimeSpan.FromMilliseconds(1)));

        ExecuteResponse response = await _grain.ExecuteAsync(younger).Within();

        OperationResponse answer = Assert.Single(response.Operations);
        Assert.Null(answer.Error);
        Assert.False(AnswerCodecs.Flag.Decode(_table, answer.Answer!), "It has no lock.");
        await CommitAsync(younger, operations: 1);
    }

    [Fact]
    public async Task An_operation_that_is_not_the_first_cannot_be_patient()
    {
        await _grain.ExecuteAsync(Request(age: 1, Write("k", 1)));
        ExecuteRequest younger = Request(
            age: 2, Write("held", 1), Await("k", TimeSpan.FromMinutes(1)));

        ExecuteResponse response = await _grain.ExecuteAsync(younger).Within();

        Assert.IsType<TransactionConflictException>(response.Operations[1].Error);
    }

    [Fact]
    public async Task Each_operation_has_its_own_error_of_its_own_type()
    {
        var hostile = new WalkOperation(
            new FindTerms { Where = Guard.Equal("Nothing", 1) },
            limit: null,
            after: null,
            [new WalkWay(Number: 0, Index: null, Ranges: null, Prefixes: [[]])],
            writes: false);
        var another = new WriteOperation(
            KeyOf("a"), new Entry { Name = "b" }, _table.IndexSet.Stamp, onlyIfAbsent: false);
        another.Pack(_table);
        ExecuteRequest request = Request(age: 1, Write("k", 1), hostile, another, Read("k"));

        ExecuteResponse response = await _grain.ExecuteAsync(request).Within();

        Assert.Null(response.Operations[0].Error);
        Assert.Contains(
            "Nothing",
            Assert.IsType<ArgumentException>(response.Operations[1].Error).Message,
            StringComparison.Ordinal);
        Assert.IsType<ArgumentException>(response.Operations[2].Error);
        Entry read = Assert.IsType<Entry>(
            AnswerCodecs.Record.Decode(_table, response.Operations[3].Answer!));
        Assert.Equal(1, read.Value);
        await CommitAsync(request, operations: 2);
    }

    [Fact]
    public async Task Answers_that_fill_a_message_leave_the_rest_to_be_asked_for_again()
    {
        string half = new('x', Answer.MaxBytes / 2);
        ExecuteRequest request = Request(
            age: 1, Write("a", 1, half), Write("b", 2, half), Write("c", 3, half));
        await _grain.ExecuteAsync(request).Within();

        ExecuteResponse response = await _grain.ExecuteAsync(
            request with { Operations = Requests(Read("a"), Read("b"), Read("c"), Read("a")) })
            .Within();

        Assert.Equal(
            [false, false, true, true],
            response.Operations.Select(static each => each.IsStillWaiting));
        await CommitAsync(request, operations: 5);
    }

    [Fact]
    public async Task A_message_without_an_age_gets_one_and_its_operations_the_same()
    {
        ExecuteRequest request = Request(age: 1, Read("a"), Read("b")) with { Age = null };

        ExecuteResponse response = await _grain.ExecuteAsync(request).Within();

        Assert.NotNull(response.Age);
        PartitionTransaction joined = Partition.Find(request.TransactionId)!;
        Assert.Equal(response.Age, joined.Header.Age);
        Assert.Equal(2, joined.Operations);
    }

    [Fact]
    public async Task No_message_makes_a_transaction_last_longer_than_any_may()
    {
        ExecuteRequest request =
            Request(age: 1, Write("k", 1)) with { Remaining = TimeSpan.MaxValue };

        ExecuteResponse response = await _grain.ExecuteAsync(request).Within();

        Assert.Null(Assert.Single(response.Operations).Error);
        TransactionState state = _silo.Services.GetRequiredService<TransactionRegistry>()
            .Find(request.TransactionId)!;
        Assert.InRange(state.Remaining, TimeSpan.FromSeconds(1), TransactionLimits.LongestTimeout);
        await CommitAsync(request, operations: 1);
    }

    [Fact]
    public async Task An_answer_says_whether_the_transaction_has_only_read_what_is_durable()
    {
        ExecuteRequest reading = Request(age: 1, Read("a"), Read("b"));
        Assert.Equal(2, (await _grain.ExecuteAsync(reading).Within()).DurableReads);
        Assert.Equal(3, (await _grain.ExecuteAsync(Then(reading, Read("c"))).Within())
            .DurableReads);

        Assert.Equal(0, (await _grain.ExecuteAsync(Then(reading, Write("d", 1))).Within())
            .DurableReads);
        Assert.Equal(0, (await _grain.ExecuteAsync(Then(reading, Read("a"))).Within())
            .DurableReads);
        await CommitAsync(reading, operations: 5);
    }

    [Fact]
    public async Task A_message_ends_the_reads_that_it_brings_before_its_own_operations()
    {
        ExecuteRequest older = Request(age: 1, Read("a"));
        await _grain.ExecuteAsync(older).Within();

        ExecuteResponse response = await _grain.ExecuteAsync(
            Request(age: 2, Write("a", 1)) with { Ended = [older.TransactionId] }).Within();

        Assert.Null(Assert.Single(response.Operations).Error);
        Assert.Null(Partition.Find(older.TransactionId));
    }

    private ExecuteRequest Then(ExecuteRequest earlier, Operation operation)
        => earlier with { Operations = Requests(operation) };

    private Partition Partition
        => Assert.Single(_silo.Services.GetRequiredService<PartitionDirectory>().All);

    private async Task CommitAsync(ExecuteRequest request, int operations)
    {
        CommitResult committed = await _grain.CommitAsync(new CommitRequest(
            request.TransactionId, [new NamedParticipant(_table.Name, 0, operations)])).Within();
        Assert.Null(committed.Error);
        Assert.True(committed.IsCommitted);
    }

    private ExecuteRequest Request(long age, params Operation[] operations)
    {
        var id = Guid.NewGuid();
        return new ExecuteRequest
        {
            TransactionId = id,
            Age = new TransactionAge(age, id),
            Remaining = TimeSpan.FromMinutes(1),
            Operations = Requests(operations),
            Registration = _table.Registration,
        };
    }

    private static OperationRequest[] Requests(params Operation[] operations)
        => Array.ConvertAll(operations, static each => new OperationRequest(each, Savepoint: 0));

    private Key KeyOf(string name) => _table.KeyCodec.EncodeArgument(name);

    private ReadOperation Read(string name) => new(KeyOf(name), writes: false);

    private AwaitRecordOperation Await(string name, TimeSpan patience)
        => new(KeyOf(name), writes: true, patience);

    private WriteOperation Write(string name, long value, string? group = null)
    {
        var write = new WriteOperation(
            KeyOf(name),
            new Entry { Name = name, Value = value, Group = group },
            _table.IndexSet.Stamp,
            onlyIfAbsent: false);
        write.Pack(_table);
        return write;
    }
}
