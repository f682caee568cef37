using Memento.Messages;
using Memento.Partitions;
using Memento.Tests.Conformance;
using Orleans.Serialization;

namespace Memento.Tests.Transactions;

/// <summary>
/// Operations of a message that fail, wait or are given up, and the operations beside them.
/// </summary>
public sealed class RemoteErrorTests
{
    private static readonly OperationResponse Done = new() { Answer = new Answer { Number = 1 } };

    private static readonly OperationResponse StillWaiting = new() { IsStillWaiting = true };

    public static TheoryData<Exception> LostAnswers { get; } =
    [
        new TimeoutException("No answer."),
        new SiloUnavailableException("The silo is gone."),
        new CodecNotFoundException("No codec for what the directory says."),
        new OperationCanceledException("The directory of the silo stops."),
    ];

    [Fact]
    public async Task An_error_goes_to_its_own_call_as_it_is_and_the_others_are_answered()
    {
        var refused = new UniqueIndexException("Note", "Text", "a", 1);
        var wrong = new ArgumentException("The guard is wrong.", "where");
        var scene = new RemoteScene();
        scene.Grain.Respond = request => FakeIndexGrain.Answer(
            request,
            each => scene.KeyOf(each) switch
            {
                1 => new OperationResponse { Error = refused },
                2 => new OperationResponse { Error = wrong },
                _ => Done,
            });

        Task<object?>[] reads = await ReadAsync(scene, 4);

        Assert.Same(refused, await Assert.ThrowsAsync<UniqueIndexException>(() => reads[1]));
        Assert.Same(wrong, await Assert.ThrowsAsync<ArgumentException>(() => reads[2]));
        Assert.Equal([null, null], [await reads[0], await reads[3]]);
        Assert.Equal(2, scene.Counted);
        Assert.Null(scene.State.Doom);
    }

    [Fact]
    public async Task Those_that_still_wait_are_asked_for_again_alone_and_in_their_order()
    {
        var scene = new RemoteScene();
        int asked = 0;
        scene.Grain.Respond = request =>
        {
            int[] waiting = ++asked switch
            {
                1 => [1, 3, 4],
                2 => [4],
                _ => [],
            };
            return FakeIndexGrain.Answer(
                request, each => waiting.Contains(scene.KeyOf(each)) ? StillWaiting : Done);
        };

        Task<object?>[] reads = await ReadAsync(scene, 5);

        await Task.WhenAll(reads).Within();
        Assert.Equal([[0, 1, 2, 3, 4], [1, 3, 4], [4]], scene.Grain.Messages.Select(scene.KeysOf));
        Assert.Equal(5, scene.Counted);
    }

    [Fact]
    public async Task A_transaction_that_must_fail_does_not_ask_again()
    {
        var scene = new RemoteScene();
        Task<object?> waiting = scene.Read(1);
        FakeMessage message = await scene.MessageAsync(0);
        var doom = new TransactionConflictException("It lost elsewhere.");

        scene.State.DoomWith(doom);
        message.Answer(FakeIndexGrain.Answer(message.Request, static _ => StillWaiting));

        Assert.Same(
            doom, await Assert.ThrowsAsync<TransactionConflictException>(() => waiting.Within()));
        Assert.Single(scene.Grain.Messages);
    }

    [Fact]
    public async Task A_call_that_is_cancelled_before_it_leaves_is_not_sent()
    {
        var scene = new RemoteScene { Grain = { Respond = FakeIndexGrain.AnswerAll } };
        using var cancellation = new CancellationTokenSource();

        await OneThread.RunAsync(async () =>
        {
            Task<object?> first = scene.Read(1);
            Task<object?> cancelled = scene.Read(2, cancellationToken: cancellation.Token);
            Task<object?> last = scene.Read(3);
            cancellation.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
            await Task.WhenAll(first, last);
        }).Within();

        Assert.Equal([1, 3], scene.KeysOf(Assert.Single(scene.Grain.Messages)));
        Assert.Equal(2, scene.Counted);
    }

    [Fact]
    public async Task Cancelling_all_calls_before_they_leave_sends_nothing_and_gives_the_turn_back()
    {
        var scene = new RemoteScene(hasAge: false);
        using var cancellation = new CancellationTokenSource();
        await OneThread.RunAsync(async () =>
        {
            Task<object?> cancelled = scene.Read(1, cancellationToken: cancellation.Token);
            cancellation.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        }).Within();
        scene.Grain.Respond = FakeIndexGrain.AnswerAll;

        await scene.Read(2).Within();

        Assert.Equal([2], scene.KeysOf(Assert.Single(scene.Grain.Messages)));
    }

    [Fact]
    public async Task A_call_that_is_cancelled_under_way_is_given_up_alone_and_not_asked_for_again()
    {
        var scene = new RemoteScene();
        using var cancellation = new CancellationTokenSource();
        Task<object?>[] reads = [];
        await OneThread.RunAsync(() =>
        {
            reads =
            [
                scene.Read(0), scene.Read(1, cancellationToken: cancellation.Token), scene.Read(2),
            ];
            return Task.CompletedTask;
        }).Within();
        FakeMessage message = await scene.MessageAsync(0);

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reads[1].Within());
        Assert.False(reads[0].IsCompleted);
        message.Answer(FakeIndexGrain.Answer(
            message.Request, each => scene.KeyOf(each) == 0 ? Done : StillWaiting));
        FakeMessage again = await scene.MessageAsync(1);
        again.AnswerAll();

        await Task.WhenAll(reads[0], reads[2]).Within();
        Assert.Equal([2], scene.KeysOf(again));
        Assert.Equal(2, scene.Counted);
    }

    [Theory]
    [MemberData(nameof(LostAnswers), DisableDiscoveryEnumeration = true)]
    public async Task A_lost_answer_ends_the_attempt_of_all_that_were_in_the_message(Exception lost)
    {
        var scene = new RemoteScene();
        Task<object?>[] reads = await BeginAsync(scene, 2);

        (await scene.MessageAsync(0)).Fail(lost);

        foreach (Task<object?> read in reads)
            await Assert.ThrowsAsync<TransactionConflictException>(() => read.Within());
        Assert.Same(lost, scene.State.Doom?.InnerException);
        Assert.Equal(0, scene.Counted);
    }

    [Fact]
    public async Task A_response_with_another_number_of_answers_is_not_believed()
    {
        var scene = new RemoteScene();
        Task<object?>[] reads = await BeginAsync(scene, 2);
        FakeMessage message = await scene.MessageAsync(0);

        message.Answer(
            new ExecuteResponse { Age = message.Request.Age, Operations = new[] { Done } });

        foreach (Task<object?> read in reads)
            await Assert.ThrowsAsync<InvalidOperationException>(() => read.Within());
        Assert.Equal(0, scene.Counted);
    }

    [Fact]
    public async Task Who_blocks_on_an_answer_does_not_keep_the_others_back()
    {
        var scene = new RemoteScene();
        Task<object?>[] reads = await BeginAsync(scene, 2);

        // It goes on where the first answer arrives, and blocks there until the second one does.
        Task blocked = reads[0].ContinueWith(
            _ => Assert.True(reads[1].Wait(Waiting.Bound)),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        (await scene.MessageAsync(0)).AnswerAll();

        await blocked.Within();
    }

    private static async Task<Task<object?>[]> BeginAsync(RemoteScene scene, int count)
    {
        Task<object?>[] reads = [];
        await OneThread.RunAsync(() =>
        {
            reads = [.. Enumerable.Range(0, count).Select(id => scene.Read(id))];
            return Task.CompletedTask;
        }).Within();
        return reads;
    }

    /// <summary>Begins reads side by side and waits until each has its answer or error.</summary>
    private static async Task<Task<object?>[]> ReadAsync(RemoteScene scene, int count)
    {
        Task<object?>[] reads = await BeginAsync(scene, count);
        await Waiting.UntilAsync(() => reads.All(static each => each.IsCompleted), "all answers");
        return reads;
    }
}
