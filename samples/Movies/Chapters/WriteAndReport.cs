using Memento;
using Movies.Output;
using Movies.Tables;

namespace Movies.Chapters;

/// <summary>
/// A snapshot: a report over all shelves while copies are carried from one to another. No clerk
/// waits for it, and its sum is always right.
/// </summary>
internal sealed class WriteAndReport : IChapter
{
    private const int Writers = 4;
    private const int Reports = 20;
    private const int CopiesEach = 10;
    private static readonly long[] Films =
        [.. Enumerable.Range(2, 16).Select(static id => (long)id)];

    public string Title => "Write and report at the same time";

    public async Task RunAsync(
        IMemento memento, Narrator narrator, CancellationToken cancellationToken)
    {
        await FillAsync(memento, cancellationToken);
        narrator.Say(
            $"{Writers} clerks carry copies between {Films.Length} shelves. Meanwhile, {Reports} "
            + "times:");
        narrator.Code("""
            int copies = await memento.SnapshotAsync(async snapshot =>
                (await snapshot.SelectAsync<Shelf>(shelf => shelf.MovieId > 1))
                    .Sum(shelf => shelf.Copies));
            """);
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<int>[] clerks =
        [
            .. Enumerable.Range(0, Writers).Select(number => Task.Run(
                () => CarryAsync(memento, new Random(number), closing.Token),
                CancellationToken.None)),
        ];
        HashSet<int> sums = [];
        TimeSpan elapsed;
        try
        {
            (_, elapsed) = await Timing.MeasureAsync(async () =>
            {
                for (int i = 0; i < Reports; i++)
                    sums.Add(await CountAsync(memento, cancellationToken));
                return true;
            });
        }
        finally
        {
            await closing.CancelAsync();
        }

        int carried = (await Task.WhenAll(clerks)).Sum();
        narrator.Took($"{Reports} reports, beside {carried} transactions,", elapsed);
        if (sums.Count == 1 && sums.Contains(Films.Length * CopiesEach))
            narrator.Good($"every report counted {Films.Length * CopiesEach} copies");
        else
            narrator.Warn($"the reports counted {string.Join(", ", sums)} copies");
        await EmptyAsync(memento, cancellationToken);
    }

    private static Task<int> CountAsync(IMemento memento, CancellationToken cancellationToken)
        => memento.SnapshotAsync(
            static async snapshot =>
                (await snapshot.SelectAsync<Shelf>(shelf => shelf.MovieId > 1))
                    .Sum(static shelf => shelf.Copies),
            cancellationToken: cancellationToken);

    /// <summary>Carries copies until the shop closes; how many times it did.</summary>
    private static async Task<int> CarryAsync(
        IMemento memento, Random random, CancellationToken closing)
    {
        int carried = 0;
        while (!closing.IsCancellationRequested)
        {
            long[] films = random.GetItems(Films, 2);
            if (films[0] == films[1]) continue;

            // A clerk who has begun also ends it: what is carried is never dropped half-way.
            await memento.TransactionAsync(
                async tx =>
                {
                    Shelf? giver = await tx.ReadAsync<Shelf>(films[0], LockMode.Write);
                    Shelf? taker = await tx.ReadAsync<Shelf>(films[1], LockMode.Write);
                    if (giver is not { Copies: > 0 } || taker is null) return;

                    await tx.WriteAsync(giver with { Copies = giver.Copies - 1 });
                    await tx.WriteAsync(taker with { Copies = taker.Copies + 1 });
                },
                cancellationToken: CancellationToken.None);
            carried++;
        }

        return carried;
    }

    private static Task FillAsync(IMemento memento, CancellationToken cancellationToken)
        => memento.TransactionAsync(
            static async tx =>
            {
                foreach (long film in Films)
                    await tx.WriteAsync(new Shelf { MovieId = film, Copies = CopiesEach });
            },
            cancellationToken: cancellationToken);

    private static Task EmptyAsync(IMemento memento, CancellationToken cancellationToken)
        => memento.TransactionAsync(
            static async tx =>
            {
                foreach (long film in Films) await tx.DeleteAsync<Shelf>(film);
            },
            cancellationToken: cancellationToken);
}
