namespace Memento.Tests.Consistency;

/// <summary>
/// Random transactions that read ranges of few cells and write into them side by side. Each reads
/// twice before it writes, and records its answers.
/// </summary>
/// <remarks>
/// The end of a body is a place in a serial order: all its locks are held then, so a transaction
/// that meets one of them ends after it. If they run in this order one after the other, all must
/// see the same.
/// </remarks>
internal sealed class CellWorkload(IMemento memento, int seed)
{
    private const int Values = 8;
    private const int PercentAborted = 10;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, List<CellStep>> _committed = [];
    private int _lastStamp;
    private int _lastEnd;

    public int Committed => _committed.Count;

    /// <summary>Two looks at the same that did not agree; null where they always did.</summary>
    public string? Changed { get; private set; }

    public Task RunAsync(int workers, int transactions)
        => Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(async () =>
        {
            var random = new Random(HashCode.Combine(seed, worker));
            for (int count = 0; count < transactions; count++)
                await RunOneAsync(random.Next(), aborts: random.Next(100) < PercentAborted);
        })));

    /// <summary>
    /// The difference between the serial order and the recorded answers; null if there is none.
    /// </summary>
    public string? Check(bool isBag, IEnumerable<Cell> left)
    {
        if (Changed is not null) return Changed;

        var model = new CellModel(isBag);
        foreach ((int end, List<CellStep> steps) in _committed)
        {
            foreach (CellStep step in steps)
            {
                if (step.Write is not null) model.Apply(step.Write);
                if (step.Query is null || step.Query.Answer(model) == step.Answer) continue;

                return $"transaction {end}: {step.Query} gave '{step.Answer}', and in a serial "
                    + $"order '{step.Query.Answer(model)}', after {string.Join(", ", steps)}";
            }
        }

        string expected = string.Join(' ', model.Cells);
        string found = string.Join(' ', left);
        return expected == found ? null : $"left is {found}, and in a serial order {expected}";
    }

    private async Task RunOneAsync(int planSeed, bool aborts)
    {
        List<CellStep> steps = [];
        int end = 0;
        TransactionResult result = await memento.TryTransactionAsync(async tx =>
        {
            steps = [];
            var random = new Random(planSeed);
            for (int count = 1 + random.Next(3); count > 0; count--)
                await LookAndWriteAsync(tx, random, steps);
            if (aborts) tx.Abort();
            end = Interlocked.Increment(ref _lastEnd);
        });
        if (!result.Ok) return;

        lock (_gate)
            _committed.Add(end, steps);
    }

    private async Task LookAndWriteAsync(ITransaction tx, Random random, List<CellStep> steps)
    {
        List<CellStep> looks = [];
        for (int count = 1 + random.Next(2); count > 0; count--)
        {
            CellQuery query = CellQuery.Next(random, Values);
            looks.Add(new CellStep(query, await query.AskAsync(tx), Write: null));
        }

        steps.AddRange(looks);
        await Task.Yield();
        foreach (CellStep look in looks)
        {
            string again = await look.Query!.AskAsync(tx);
            if (again != look.Answer)
                Changed = $"{look.Query} gave '{look.Answer}', and in the same run '{again}'";
        }

        if (random.Next(3) == 0) return;
        Cell write = NextWrite(random);
        if (write.Stamp == 0)
            await tx.DeleteAsync<Cell>(write.Id);
        else
            await tx.WriteAsync(write);
        steps.Add(new CellStep(Query: null, Answer: null, write));
    }

    private Cell NextWrite(Random random) => new()
    {
        Id = random.Next(Values),
        Group = random.Next(2),
        Value = random.Next(6) == 0 ? null : random.Next(Values),
        Stamp = random.Next(4) == 0 ? 0 : Interlocked.Increment(ref _lastStamp),
    };
}
