using Memento.Locks;
using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Tests.Conformance;

namespace Memento.Tests.Transactions;

/// <summary>Operations that a silo sends to partitions for a client's transaction.</summary>
public sealed class DelegationTests
{
    private readonly RemoteScene _scene = new(hasAge: false);
    private readonly Silo _silo = new();

    [Fact]
    public async Task Partitions_that_the_silo_has_asked_take_part_and_their_operations_count()
    {
        _silo.Answer = _ => new DelegatedAnswers
        {
            Age = new TransactionAge(7, _scene.State.Id),
            Answers = [Answered(3), Answered(5), Answered(3)],
        };
        Assert.Equal(3, (await DelegateAsync().Within()).Count);
        Assert.Equal(2, _scene.State.Find(_scene.Table, 3)!.Operations);
        Assert.Equal(1, _scene.State.Find(_scene.Table, 5)!.Operations);
        Assert.Null(_scene.State.Find(_scene.Table, 0));
        Assert.Equal(7, _scene.State.Age?.StartTicks);
        Assert.False(_scene.State.HasCallsUnderWay);
    }

    [Fact]
    public async Task Where_the_answer_is_lost_the_transaction_ends_in_all_partitions()
    {
        _silo.Answer = static _ => throw new TransactionConflictException("A silo did not answer.");
        await Assert.ThrowsAsync<TransactionConflictException>(() => DelegateAsync().Within());
        await RequireAbortInAllAsync();
    }

    [Fact]
    public async Task Who_cancels_leaves_no_lock_and_cannot_commit()
    {
        using var cancellation = new CancellationTokenSource();
        _silo.Answer = _ =>
        {
            cancellation.Cancel();
            throw new OperationCanceledException(cancellation.Token);
        };
        await Assert.ThrowsAsync<OperationCanceledException>(
            () => DelegateAsync(cancellation.Token).Within());
        Assert.True(_scene.State.HasAbandonedCall);
        await RequireAbortInAllAsync();
    }

    [Fact]
    public async Task An_error_of_one_partition_hides_no_lock_in_another()
    {
        _silo.Answer = _ => new DelegatedAnswers
        {
            Age = new TransactionAge(7, _scene.State.Id),
            Answers =
            [
                Answered(2) with { Response = Moving() },
                Answered(4),
            ],
        };
        await Assert.ThrowsAsync<TransactionConflictException>(() => DelegateAsync().Within());
        Assert.IsType<TransactionConflictException>(_scene.State.Doom);
        Assert.NotNull(_scene.State.Find(_scene.Table, 2));
        Assert.NotNull(_scene.State.Find(_scene.Table, 4));

        static ExecuteResponse Moving()
            => new() { Age = null, Operations = [], IsMoving = true };
    }

    [Fact]
    public async Task An_error_before_any_lock_is_given_to_the_body_which_may_go_on()
    {
        _silo.Answer = static _ => new DelegatedAnswers
        {
            Error = new TableNotFoundException("There is no such table."),
        };
        await Assert.ThrowsAsync<TableNotFoundException>(() => DelegateAsync().Within());
        Assert.Null(_scene.State.Doom);
        Assert.False(_scene.State.HasParticipants);
    }

    [Fact]
    public async Task What_comes_after_the_end_is_ended_where_it_was_locked()
    {
        _silo.Answer = _ =>
        {
            _scene.State.Abort();
            return new DelegatedAnswers
            {
                Age = new TransactionAge(7, _scene.State.Id),
                Answers = [Answered(3), Answered(5)],
            };
        };
        await Assert.ThrowsAsync<NoTransactionException>(() => DelegateAsync().Within());
        Assert.Equal([3, 5], _silo.Aborted.Order());
    }

    private async Task RequireAbortInAllAsync()
    {
        _scene.State.Abort();
        foreach (int number in _scene.Table.PartitionNumbers)
        {
            await Waiting.UntilAsync(
                () => _scene.GrainOf(number).Log.Contains("abort"), "each partition is told");
        }
    }

    private Task<List<Chunk>> DelegateAsync(CancellationToken cancellationToken = default)
        => _scene.State.DelegateAsync(
            _scene.Table,
            new LockResultsOperation(new FindTerms { Order = ChunkOrder.Any }, [], skips: true),
            savepoint: null,
            _silo,
            cancellationToken).AsTask();

    private DelegatedAnswer Answered(int number)
    {
        var nothing = new Answer
        {
            Items = [],
            Chunk = ChunkHead.Of(
                new ChunkBuilder(
                    new FindTerms { Order = ChunkOrder.Any }, ChunkOrder.Any, null, null)
                    .ToChunk(last: null)),
        };
        return new DelegatedAnswer(number, new ExecuteResponse
        {
            Age = new TransactionAge(7, _scene.State.Id),
            Operations = [new OperationResponse { Answer = nothing }],
        });
    }

    private sealed class Silo : IDelegation
    {
        public Func<TransactionAge?, DelegatedAnswers> Answer { get; set; } =
            static _ => throw new NotSupportedException();

        public List<int> Aborted { get; } = [];

        public async Task<DelegatedAnswers> AskAsync(
            TransactionAge? age, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return Answer(age);
        }

        public void Abort(int number)
        {
            lock (Aborted) Aborted.Add(number);
        }
    }
}
