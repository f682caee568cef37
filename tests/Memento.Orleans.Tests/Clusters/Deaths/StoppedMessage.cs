namespace Memento.Tests.Clusters.Deaths;

/// <summary>Where the body of a transfer runs, and so which silo coordinates its commit.</summary>
internal enum TransferWay
{
    /// <summary>In silo 0, which has no record of it: silo 1 coordinates.</summary>
    FromOtherSilo = 0,

    /// <summary>In a client: silo 1 coordinates.</summary>
    FromClient = 1,

    /// <summary>In silo 0, which has a record of it, too, and coordinates.</summary>
    FromMember = 2,
}

/// <summary>A message of a transfer between silo 1 and silo 2.</summary>
/// <param name="Way">Where the body runs.</param>
/// <param name="Name">The method of the call.</param>
/// <param name="To">The silo that the call goes to.</param>
/// <param name="IsAnswer">Whether it is the answer to the call.</param>
internal sealed record StoppedMessage(TransferWay Way, string Name, int To, bool IsAnswer)
{
    /// <summary>Whether it is a write, and not a read, where the name is the same.</summary>
    public bool IsWrite { get; init; }

    /// <summary>
    /// The message that does not arrive before, so that this one is sent at all. An answer is lost;
    /// a call is on its way, because it would be sent again.
    /// </summary>
    public StoppedMessage? After { get; init; }

    /// <summary>Every message of a transfer: calls and answers.</summary>
    public static IEnumerable<StoppedMessage> All()
        => Enum.GetValues<TransferWay>().SelectMany(Of)
            .SelectMany(static each => new[] { each, each with { IsAnswer = true } });

    /// <summary>
    /// The stops of a transfer, so that this message stands still. It sends one read and one write
    /// for each table and silo.
    /// </summary>
    public IReadOnlyList<MessageStop> ToStops(
        IReadOnlyList<SiloAddress> silos, int tables, MessageFate fate)
    {
        var stop = new MessageStop(Name, silos[To], IsWrite ? tables + 1 : 1, IsAnswer, fate);
        return After is null
            ? [stop]
            :
            [
                .. After.ToStops(silos, tables, After.IsAnswer ? MessageFate.LostAtOnce : fate),
                stop,
            ];
    }

    public override string ToString()
    {
        string what = $"{(IsAnswer ? "answer to " : "")}{Name}{(IsWrite ? " (write)" : "")}";
        string after = After is null ? "" : $" ({After} does not arrive)";
        return $"{Way}, {what} at silo {To}{after}";
    }

    private static IEnumerable<StoppedMessage> Of(TransferWay way)
    {
        const string execute = "ExecuteAsync";
        const string settle = "SettleAsync";
        for (int to = 1; to <= 2; to++)
        {
            yield return new(way, execute, to, IsAnswer: false);
            yield return new(way, execute, to, IsAnswer: false) { IsWrite = true };
        }

        for (int to = way == TransferWay.FromMember ? 1 : 2; to <= 2; to++)
        {
            yield return new(way, "SealAsync", to, IsAnswer: false);
            yield return new(way, settle, to, IsAnswer: false);
        }

        // A member that hears nothing for a second asks.
        yield return new(way, "AskAsync", way == TransferWay.FromMember ? 0 : 1, IsAnswer: false)
        {
            After = new(way, settle, To: 2, IsAnswer: false),
        };
        if (way == TransferWay.FromMember) yield break;

        var commit = new StoppedMessage(way, "CommitAsync", To: 1, IsAnswer: false);
        yield return commit;
        yield return new(way, "DecideAsync", To: 1, IsAnswer: false)
        {
            After = commit with { IsAnswer = true },
        };
    }
}
