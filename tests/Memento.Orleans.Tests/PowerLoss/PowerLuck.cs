namespace Memento.Tests.PowerLoss;

/// <summary>
/// Chooses what a power loss leaves of the writes that were not certain. One time it leaves nearly
/// all, another time nearly nothing, so that both ends come up.
/// </summary>
internal sealed class PowerLuck
{
    private static readonly double[] Shares = [0, 0.05, 0.5, 0.95, 1];

    private readonly Random _random;
    private readonly double _share;
    private readonly double _torn;

    /// <param name="random">Chooses.</param>
    /// <param name="share">The share of the writes that are kept whole.</param>
    /// <param name="torn">The share of the writes, before that, of which a part is kept.</param>
    public PowerLuck(Random random, double share, double torn)
    {
        _random = random;
        _share = share;
        _torn = torn;
    }

    public static PowerLuck Any(Random random)
    {
        double share = Shares[random.Next(Shares.Length)];
        return new PowerLuck(random, share, share is 0 or 1 ? 0 : random.NextDouble() / 2);
    }

    /// <summary>All of a write, nothing of it, or (null) a part.</summary>
    public bool? IsKept() => _random.NextDouble() < _torn ? null : IsNameKept();

    public bool IsSectorKept() => _random.Next(2) == 0;

    /// <summary>Whether a name that was given or taken away stays so.</summary>
    public bool IsNameKept() => _random.NextDouble() < _share;
}
