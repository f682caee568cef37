namespace Movies.Input;

/// <summary>A record that was left out.</summary>
/// <param name="Number">Its number in the file, from 1.</param>
/// <param name="Line">The line on which it starts, from 1.</param>
/// <param name="Reason">Why it is not a film.</param>
internal sealed record SkippedRecord(int Number, long Line, string Reason);
