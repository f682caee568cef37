namespace Memento.Diagnostics;

/// <summary>What a message between silos and clients asks for, in the words of metrics.</summary>
internal static class MessageName
{
    public const string Execute = "execute";

    public const string Rollback = "rollback";

    public const string Commit = "commit";

    public const string Abort = "abort";

    public const string Decide = "decide";
}
