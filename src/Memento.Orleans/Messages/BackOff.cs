namespace Memento.Messages;

/// <summary>The pauses between messages that are sent again until they are answered.</summary>
internal static class BackOff
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    /// <summary>The first pause.</summary>
    public static TimeSpan First { get; } = TimeSpan.FromMilliseconds(20);

    /// <summary>The pause after another one: twice as long, and at most a second.</summary>
    public static TimeSpan After(TimeSpan pause) => pause * 2 < Longest ? pause * 2 : Longest;
}
