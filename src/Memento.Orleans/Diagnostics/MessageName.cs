namespace Memento.Diagnostics;

/// <summary>The kind of a message between silos and clients, in the words of the metrics.</summary>
internal static class MessageName
{
    public const string Execute = "execute";

    public const string Rollback = "rollback";

    public const string Commit = "commit";

    public const string Abort = "abort";

    public const string Decide = "decide";

    public const string Seal = "seal";

    public const string Settle = "settle";

    public const string Ask = "ask";

    public const string EndReads = "end_reads";

    public const string Cut = "cut";

    public const string ReadSnapshot = "read_snapshot";
}
