namespace Memento.Tests.Chaos;

/// <summary>Which silos do not reach each other now; each is known by its port.</summary>
internal sealed class WireCuts
{
    private readonly Lock _gate = new();
    private readonly List<CutWires> _cuts = [];

    /// <summary>Cuts pairs of silos off from each other, until what it returns ends.</summary>
    /// <param name="pairs">The pairs.</param>
    /// <param name="breaks">Whether their connections end.</param>
    public IDisposable Cut(IReadOnlyList<(int, int)> pairs, bool breaks)
    {
        var cut = new CutWires(this, pairs, breaks);
        lock (_gate)
            _cuts.Add(cut);
        return cut;
    }

    /// <summary>
    /// Waits until two silos reach each other. False: their connection has not outlived the cut.
    /// </summary>
    public async Task<bool> PassAsync(int one, int other, CancellationToken ending)
    {
        bool isWhole = true;
        while (Find(one, other) is { } cut)
        {
            isWhole &= !cut.Breaks;
            await cut.Healed.WaitAsync(ending);
        }

        return isWhole;
    }

    private CutWires? Find(int one, int other)
    {
        lock (_gate)
            return _cuts.Find(each => each.Concerns(one, other));
    }

    private void Remove(CutWires cut)
    {
        lock (_gate)
            _cuts.Remove(cut);
    }

    private sealed class CutWires(
        WireCuts owner, IReadOnlyList<(int, int)> pairs, bool breaks) : IDisposable
    {
        private readonly TaskCompletionSource _healed =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Breaks => breaks;

        public Task Healed => _healed.Task;

        public bool Concerns(int one, int other)
            => pairs.Contains((one, other)) || pairs.Contains((other, one));

        public void Dispose()
        {
            owner.Remove(this);
            _healed.TrySetResult();
        }
    }
}
