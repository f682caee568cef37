namespace Memento.Messages;

/// <summary>The pauses between messages that are sent again until they are answered.</summary>
internal static class BackOff
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    /// <summary>The first pause.</summary>
    public static TimeSpan First { get; } = TimeSpan.FromMilliseconds(20);

    /// <summary>The pause after another one: twice as long, and at most a second.</summary>
    public static TimeSpan After(TimeSpan pause) => After(pause, Longest);

    /// <summary>The pause after another one: twice as long, up to a longest one.</summary>
    public static TimeSpan After(TimeSpan pause, TimeSpan longest)
        => pause * 2 < longest ? pause * 2 : longest;
}
