using Memento.Tests.Conformance;

namespace Memento.Tests.TwoPhase;

/// <content>Each transaction option, ambient transactions, errors and nested bodies.</content>
public abstract partial class MixedSuite<TStorage>
{
    [Theory]
    [MemberData(nameof(Places))]
    public async Task Outside_a_transaction_each_option_does_what_it_says(
        bool isClient, bool isOnDisk)
    {
        TillDesk desk = await Scene.OpenAsync(isClient);
        int key = Scene.NewKey();
        ITill till = desk.Till(key);
        await till.CreateOrJoinAsync(key, isOnDisk).Within();
        Assert.Equal((1, 1), await desk.ReadAsync(key, isOnDisk));
        await till.CreateAsync(key, isOnDisk).Within();
        Assert.Equal((2, 2), await desk.ReadAsync(key, isOnDisk));
        await Assert.ThrowsAsync<NotSupportedException>(
            () => till.JoinAsync(key, isOnDisk).Within());
        Assert.Equal((2, 2), await desk.ReadAsync(key, isOnDisk));
        await till.SupportedAsync(key, isOnDisk).Within();
        await till.SuppressAsync(key, isOnDisk).Within();
        await till.NotAllowedAsync(key, isOnDisk).Within();
        Assert.Equal((2, 5), await desk.ReadAsync(key, isOnDisk));
        Assert.Null(desk.Memento.Current);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Inside_a_transaction_each_option_does_what_it_says(
        bool isClient, bool isOnDisk)
    {
        TillDesk desk = await Scene.OpenAsync(isClient);
        int joined = Scene.NewKey();
        int created = Scene.NewKey();
        int suppressed = Scene.NewKey();
        await desk.Memento.TryTransactionAsync(async tx =>
        {
            Assert.Equal(tx.Id, await desk.Till(joined).CreateOrJoinAsync(joined, isOnDisk));
            Assert.Equal(tx.Id, await desk.Till(joined).JoinAsync(joined, isOnDisk));
            Assert.Equal(tx.Id, await desk.Till(joined).SupportedAsync(joined, isOnDisk));
            Assert.Equal(tx.Id, await desk.Till(joined + 1).PassOnAsync(
                $"{joined}", joined, isOnDisk));
            Assert.NotEqual(tx.Id, await desk.Till(created).CreateAsync(created, isOnDisk));
            Assert.NotEqual(
                tx.Id, await desk.Till(suppressed).SuppressAsync(suppressed, isOnDisk));
            Assert.Equal(tx.Id, desk.Memento.Current!.Id);
            tx.Abort();
        }).Within();
        Assert.Null(desk.Memento.Current);
        Assert.Equal((0, 0), await desk.ReadAsync(joined, isOnDisk));
        Assert.Equal((1, 1), await desk.ReadAsync(created, isOnDisk));
        Assert.Equal((0, 1), await desk.ReadAsync(suppressed, isOnDisk));

        await Assert.ThrowsAsync<NotSupportedException>(() => desk.Memento.TransactionAsync(
            async tx =>
            {
                await Money.AddAsync(tx, joined, 1, isOnDisk);
                await desk.Till(joined).NotAllowedAsync(joined, isOnDisk);
            }).Within());
        Assert.Equal((0, 0), await desk.ReadAsync(joined, isOnDisk));
        await Scene.UntilIdleAsync();
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task What_a_grain_throws_ends_it_and_comes_out(bool isClient, bool isOnDisk)
    {
        TillDesk desk = await Scene.OpenAsync(isClient);
        int key = Scene.NewKey();
        Exception? inside = await Record.ExceptionAsync(() => desk.Memento.TransactionAsync(
            async _ => await desk.Till(key).FailAsync(key, isOnDisk)).Within());
        Assert.Contains("The till is shut.", $"{inside}", StringComparison.Ordinal);
        Exception? alone = await Record.ExceptionAsync(
            () => desk.Till(key).FailAsync(key, isOnDisk).Within());
        Assert.Contains("The till is shut.", $"{alone}", StringComparison.Ordinal);
        Exception? aborted = await Record.ExceptionAsync(
            () => desk.Till(key).AbortAsync(key, isOnDisk).Within());
        Assert.Contains("The till is shut.", $"{aborted}", StringComparison.Ordinal);
        Assert.Equal((0, 0), await desk.ReadAsync(key, isOnDisk));
        await Scene.UntilIdleAsync();
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task What_a_grain_throws_and_the_body_catches_is_never_kept_by_half(
        bool isClient, bool isOnDisk)
    {
        TillDesk desk = await Scene.OpenAsync(isClient);
        int key = Scene.NewKey();
        Exception? error = await Record.ExceptionAsync(() => desk.Memento.TransactionAsync(
            async tx =>
            {
                await desk.Till(key).AddAsync(1);
                await Money.AddAsync(tx, key, 1, isOnDisk);
                await Record.ExceptionAsync(() => desk.Till(key).FailAsync(key, isOnDisk));
            },
            new TransactionOptions { MaxAttempts = 1 }).Within());
        (long till, long record) = await desk.ReadAsync(key, isOnDisk);
        Assert.Equal(till, record);
        Assert.Equal(error is null, till > 0);
        await Scene.UntilIdleAsync();
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_nested_body_that_is_given_up_is_never_kept_by_half(
        bool isClient, bool isOnDisk)
    {
        TillDesk desk = await Scene.OpenAsync(isClient);
        int key = Scene.NewKey();
        Exception? error = await Record.ExceptionAsync(() => desk.Memento.TransactionAsync(
            async tx =>
            {
                await desk.Till(key).CreateOrJoinAsync(key, isOnDisk);
                await tx.TryNestedAsync(async inner =>
                {
                    await desk.Till(key).CreateOrJoinAsync(key, isOnDisk);
                    inner.Abort();
                });
            },
            new TransactionOptions { MaxAttempts = 1 }).Within());

        // The grain cannot undo a part: then nothing may be kept, and the caller is told.
        Assert.Equal(error is null ? (1, 1) : (0, 0), await desk.ReadAsync(key, isOnDisk));
        await Scene.UntilIdleAsync();
    }
}
