using Memento.Tests.Conformance;
using Orleans.Transactions;

namespace Memento.Tests.TwoPhase;

/// <content>Each transaction option, ambient transactions, errors and nested bodies.</content>
public abstract partial class TransactionKit<TStorage>
{
    [Theory]
    [MemberData(nameof(KitPlaces.All), MemberType = typeof(KitPlaces))]
    public async Task Outside_a_transaction_each_option_does_what_it_says(
        bool isClient, Parts parts)
    {
        Desk desk = await Scene.OpenAsync(isClient);
        int key = Scene.NewKey();
        IWallet wallet = desk.Wallet(key);
        await Desk.AgainAsync(() => wallet.CreateOrJoinAsync(key, parts));
        Assert.Equal(parts.Each(1), await desk.ReadAsync(key, parts));
        await Desk.AgainAsync(() => wallet.CreateAsync(key, parts));
        Assert.Equal(parts.Each(2), await desk.ReadAsync(key, parts));
        await Assert.ThrowsAsync<NotSupportedException>(
            () => wallet.JoinAsync(key, parts).Within());
        Assert.Equal(parts.Each(2), await desk.ReadAsync(key, parts));
        await Desk.AgainAsync(() => wallet.SupportedAsync(key, parts));
        await Desk.AgainAsync(() => wallet.SuppressAsync(key, parts));
        await Desk.AgainAsync(() => wallet.NotAllowedAsync(key, parts));
        Assert.Equal(
            (parts.Each(2).State, parts.Each(5).Record), await desk.ReadAsync(key, parts));
        Assert.Null(desk.Memento.Current);
    }

    [Theory]
    [MemberData(nameof(KitPlaces.All), MemberType = typeof(KitPlaces))]
    public async Task Inside_a_transaction_each_option_does_what_it_says(
        bool isClient, Parts parts)
    {
        Desk desk = await Scene.OpenAsync(isClient);
        int joined = Scene.NewKey();
        int created = Scene.NewKey();
        int suppressed = Scene.NewKey();
        await desk.Memento.TryTransactionAsync(async tx =>
        {
            IWallet wallet = desk.Wallet(joined);
            Assert.Equal(tx.Id, await wallet.CreateOrJoinAsync(joined, parts));
            Assert.Equal(tx.Id, await wallet.JoinAsync(joined, parts));
            Assert.Equal(tx.Id, await wallet.SupportedAsync(joined, parts));
            Assert.Equal(
                tx.Id,
                await desk.Wallet(joined + 1).PassOnAsync($"{joined}", joined, parts));
            Assert.NotEqual(tx.Id, await desk.Wallet(created).CreateAsync(created, parts));
            Assert.NotEqual(
                tx.Id, await desk.Wallet(suppressed).SuppressAsync(suppressed, parts));
            Assert.Equal(tx.Id, desk.Memento.Current!.Id);
            tx.Abort();
        }).Within();
        Assert.Null(desk.Memento.Current);
        Assert.Equal(parts.Each(0), await desk.ReadAsync(joined, parts));
        Assert.Equal(parts.Each(1), await desk.ReadAsync(created, parts));
        Assert.Equal((0, parts.Each(1).Record), await desk.ReadAsync(suppressed, parts));

        await Assert.ThrowsAsync<NotSupportedException>(() => desk.Memento.TransactionAsync(
            async tx =>
            {
                await desk.AddAsync(tx, joined, parts);
                await desk.Wallet(joined).NotAllowedAsync(joined, parts);
            }).Within());
        Assert.Equal(parts.Each(0), await desk.ReadAsync(joined, parts));
        await Scene.UntilIdleAsync();
    }

    [Theory]
    [MemberData(nameof(KitPlaces.All), MemberType = typeof(KitPlaces))]
    public async Task A_scope_of_Orleans_is_one_transaction(bool isClient, Parts parts)
    {
        Desk desk = await Scene.OpenAsync(isClient);
        int key = Scene.NewKey();
        IWallet wallet = desk.Wallet(key);
        (long, long) read = default;
        await RunAsync(async () =>
        {
            await wallet.CreateOrJoinAsync(key, parts);
            if (parts.HasRecords())
                await Money.AddAsync(desk.Memento.Current!, key, 1, parts.AreOnDisk());
            read = await wallet.ReadBothAsync(key, parts);
        });
        Assert.Equal((parts.Each(1).State, parts.Each(2).Record), read);
        Assert.Equal(read, await desk.ReadAsync(key, parts));

        await Assert.ThrowsAnyAsync<OrleansTransactionAbortedException>(
            () => RunAsync(() => wallet.FailAsync(key, parts)));
        Assert.Equal(read, await desk.ReadAsync(key, parts));

        // One that fails in another is its own affair.
        await RunAsync(async () =>
        {
            await Assert.ThrowsAnyAsync<OrleansTransactionAbortedException>(
                () => RunAsync(() => wallet.FailAsync(key + 1, parts)));
            await wallet.CreateOrJoinAsync(key, parts);
        });
        Assert.Equal(
            (parts.Each(2).State, parts.Each(3).Record), await desk.ReadAsync(key, parts));
        Assert.Equal(parts.Each(0), await desk.ReadAsync(key + 1, parts));
        await Scene.UntilIdleAsync();

        Task RunAsync(Func<Task> scope)
            => Desk.AgainAsync(
                () => desk.Transactions.RunTransaction(TransactionOption.Create, scope));
    }

    /// <summary>A state that it locks late is locked until its time limit.</summary>
    [Fact]
    public async Task A_call_that_nobody_awaits_ends_its_transaction()
        => await ForAllAsync(static _ => true, async (desk, key, parts) =>
        {
            Task? late = null;
            await Assert.ThrowsAnyAsync<Exception>(() => desk.Memento.TransactionAsync(
                async tx =>
                {
                    await desk.AddAsync(tx, key, parts);
                    late = desk.Wallet(key).AddLateAsync(
                        key, parts, TimeSpan.FromMilliseconds(50));
                },
                new TransactionOptions { MaxAttempts = 1, Timeout = TimeSpan.FromSeconds(2) })
                .Within());
            await Record.ExceptionAsync(() => late!.Within());
            Assert.Equal(parts.Each(0), await desk.ReadAsync(key, parts));
        });

    [Theory]
    [MemberData(nameof(KitPlaces.All), MemberType = typeof(KitPlaces))]
    public async Task What_a_grain_throws_ends_it_and_comes_out(bool isClient, Parts parts)
    {
        Desk desk = await Scene.OpenAsync(isClient);
        int key = Scene.NewKey();
        Func<Task>[] failing =
        [
            () => desk.Memento.TransactionAsync(
                async _ => await desk.Wallet(key).FailAsync(key, parts)),
            () => desk.Wallet(key).FailAsync(key, parts),
            () => desk.Wallet(key).AbortAsync(key, parts),
        ];
        foreach (Func<Task> each in failing)
        {
            Exception? error = await Record.ExceptionAsync(() => Desk.AgainAsync(each));
            Assert.Contains("The wallet is shut.", $"{error}", StringComparison.Ordinal);
        }

        Assert.Equal(parts.Each(0), await desk.ReadAsync(key, parts));
        await Scene.UntilIdleAsync();
    }

    [Theory]
    [MemberData(nameof(KitPlaces.All), MemberType = typeof(KitPlaces))]
    public async Task What_a_grain_throws_and_the_body_catches_is_never_kept_by_half(
        bool isClient, Parts parts)
    {
        Desk desk = await Scene.OpenAsync(isClient);
        int key = Scene.NewKey();
        Exception? error = await Record.ExceptionAsync(() => desk.Memento.TransactionAsync(
            async tx =>
            {
                await desk.AddAsync(tx, key, parts);
                await Record.ExceptionAsync(() => desk.Wallet(key).FailAsync(key, parts));
            },
            new TransactionOptions { MaxAttempts = 1 }).Within());
        (long state, long record) = await desk.ReadAsync(key, parts);
        Assert.Equal(parts.Each(Math.Max(state, record)), (state, record));
        Assert.Equal(error is null, Math.Max(state, record) > 0);
        await Scene.UntilIdleAsync();
    }

    [Theory]
    [MemberData(nameof(KitPlaces.All), MemberType = typeof(KitPlaces))]
    public async Task A_nested_body_that_is_given_up_is_never_kept_by_half(
        bool isClient, Parts parts)
    {
        Desk desk = await Scene.OpenAsync(isClient);
        foreach (Parts inside in new[] { parts, parts & Parts.States, parts & ~Parts.States })
        {
            if (inside == 0) continue;
            int key = Scene.NewKey();
            Func<Task>[] ways =
            [
                () => desk.Memento.TransactionAsync(async tx =>
                {
                    await desk.Wallet(key).CreateOrJoinAsync(key, parts);
                    await tx.TryNestedAsync(async inner =>
                    {
                        await desk.Wallet(key).CreateOrJoinAsync(key, inside);
                        inner.Abort("The wallet is shut.");
                    });
                }),
                () => desk.Wallet(key).NestAsync(key, parts, inside),
                () => desk.Memento.TransactionAsync(
                    async _ => await desk.Wallet(key).NestAsync(key, parts, inside)),
            ];
            int kept = 0;
            foreach (Func<Task> way in ways)
            {
                Exception? error = await Record.ExceptionAsync(() => Desk.AgainAsync(way));

                // The grain cannot undo a part: then nothing may be kept, and the caller is told.
                if (inside.HasStates())
                    Assert.Contains("have no savepoints", $"{error}", StringComparison.Ordinal);
                else
                    Assert.Null(error);
                if (!inside.HasStates()) kept++;
                Assert.Equal(parts.Each(kept), await desk.ReadAsync(key, parts));
            }
        }

        await Scene.UntilIdleAsync();
    }

    [Theory]
    [MemberData(nameof(KitPlaces.Mixed), MemberType = typeof(KitPlaces))]
    public async Task A_nested_body_says_why_it_was_given_up_where_the_whole_ends_with_it(
        bool isClient, Parts parts)
    {
        Desk desk = await Scene.OpenAsync(isClient);
        int key = Scene.NewKey();
        TransactionResult aborted = await desk.Memento.TryTransactionAsync(async tx =>
        {
            await tx.TryNestedAsync(async inner =>
            {
                await desk.AddAsync(inner, key, parts);
                inner.Abort();
            });
            tx.Abort("all of it");
        }).Within();
        Assert.Equal((false, "all of it"), (aborted.Ok, aborted.Reason));
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => desk.Memento.TransactionAsync(
            tx => tx.NestedAsync(async inner =>
            {
                await desk.AddAsync(inner, key, parts);
                throw new InvalidTimeZoneException("says the test");
            })).Within());
        Assert.Equal(parts.Each(0), await desk.ReadAsync(key, parts));

        // A nested body that is kept is a part of the whole.
        await desk.Memento.TransactionAsync(
            tx => tx.NestedAsync(inner => desk.AddAsync(inner, key, parts))).Within();
        Assert.Equal(parts.Each(1), await desk.ReadAsync(key, parts));
    }
}
