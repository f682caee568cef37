namespace Memento.Tests.Clusters.Simulation.Grains;

/// <summary>What a transaction does to the state of a grain when it commits.</summary>
internal enum CommitRole
{
    /// <summary>It was not asked to commit.</summary>
    Open = 0,

    /// <summary>All participants have only read.</summary>
    ReadOnly = 1,

    /// <summary>Another one decides.</summary>
    Remote = 2,

    /// <summary>This one decides.</summary>
    Local = 3,
}

/// <summary>
/// A transaction in the state of a grain, by the rules of Orleans' <c>TransactionRecord</c>.
/// </summary>
internal sealed class GrainRecord(Guid id)
{
    public Guid Id { get; } = id;

    public long Priority { get; init; }

    public long Deadline { get; init; }

    public long Time { get; set; }

    public int Reads { get; set; }

    public int Writes { get; set; }

    public int[]? State { get; set; }

    public long Sequence { get; set; }

    public bool HasCopied { get; set; }

    public CommitRole Role { get; set; }

    /// <summary>The answer for the agent; no answer: it gets an exception.</summary>
    public TaskCompletionSource<StatusAnswer?> ForAgent { get; } = new();

    public Party? Manager { get; set; }

    public List<Party> Writers { get; set; } = [];

    public int WaitCount { get; set; }

    public long WaitingSince { get; set; }

    /// <summary>When the vote or a question was sent last; null: never.</summary>
    public long? LastSent { get; set; }

    public bool IsRestored { get; init; }

    public int Pings { get; set; }

    public bool IsPersisted { get; set; }

    /// <summary>Ends with whether the confirmation is durable; null: it has not come.</summary>
    public TaskCompletionSource<bool>? Confirming { get; set; }

    public bool IsReadOnly
        => Role == CommitRole.ReadOnly || (Role == CommitRole.Remote && Writes == 0);

    public bool IsReady
        => Role switch
        {
            CommitRole.ReadOnly => true,
            CommitRole.Local => WaitCount == 0,
            _ => Confirming is not null || (Writes == 0 && LastSent is not null),
        };

    /// <summary>When the manager is asked next.</summary>
    public long NextPing(long frequency, long unit)
    {
        if (IsRestored && Pings == 0) return 0;

        long delay = Pings == 0
            ? frequency
            : Math.Min(unit << Math.Min(Pings - 1, 30), frequency);
        return LastSent!.Value + delay;
    }

    public override string ToString() => $"{Role} {Id}";
}
