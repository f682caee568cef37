namespace Memento.Tests.Consistency;

/// <summary>
/// The order of the appends to each list, from the reads of it. A read of a list shows its whole
/// past, so the longest read has the order of all appends in it.
/// </summary>
internal sealed class ListVersions
{
    private readonly Dictionary<int, IReadOnlyList<int>> _longest = [];
    private readonly Dictionary<(int Key, int Value), ListTransaction> _writers = [];

    public ListVersions(IEnumerable<ListTransaction> history, List<string> anomalies)
    {
        List<ListTransaction> all = [.. history];
        foreach (ListTransaction each in all)
        {
            foreach (ListOperation operation in each.Operations)
            {
                if (operation.Appended is { } value
                    && !_writers.TryAdd((operation.Key, value), each))
                {
                    throw new ArgumentException($"{operation} is in the history twice.");
                }
            }
        }

        foreach (ListTransaction each in all)
        {
            if (each.Outcome == ListOutcome.Committed) CheckReads(each, anomalies);
        }
    }

    public IReadOnlyDictionary<int, IReadOnlyList<int>> Longest => _longest;

    public IEnumerable<((int Key, int Value) Append, ListTransaction Writer)> Appends
        => _writers.Select(each => (each.Key, each.Value));

    public ListTransaction WriterOf(int key, int value) => _writers[(key, value)];

    private void CheckReads(ListTransaction reader, List<string> anomalies)
    {
        var own = new Dictionary<int, List<int>>();
        foreach (ListOperation operation in reader.Operations)
        {
            if (!own.TryGetValue(operation.Key, out List<int>? appended))
                own[operation.Key] = appended = [];
            if (operation.Appended is { } value)
                appended.Add(value);
            else
                CheckRead(reader, operation, appended, anomalies);
        }
    }

    private void CheckRead(
        ListTransaction reader, ListOperation read, List<int> own, List<string> anomalies)
    {
        IReadOnlyList<int> seen = read.Seen!;
        foreach (int value in seen)
        {
            if (!_writers.TryGetValue((read.Key, value), out ListTransaction? writer))
            {
                anomalies.Add($"garbage: {reader} {read}, and nobody appended {value}");
                return;
            }

            if (writer.Outcome == ListOutcome.Aborted)
            {
                anomalies.Add(
                    $"G1a: {reader} {read}, and {writer}, which appended {value}, aborted"
                        + $"{Environment.NewLine}  {writer.Describe()}");
            }
        }

        if (seen.Distinct().Count() != seen.Count) anomalies.Add($"duplicate: {reader} {read}");
        if (!seen.Skip(seen.Count - own.Count).SequenceEqual(own))
            anomalies.Add($"internal: {reader} {read} after it appended [{string.Join(' ', own)}]");
        CheckIsWhole(reader, read, anomalies);

        IReadOnlyList<int> longest = _longest.GetValueOrDefault(read.Key) ?? [];
        int shared = Math.Min(longest.Count, seen.Count);
        if (!longest.Take(shared).SequenceEqual(seen.Take(shared)))
        {
            anomalies.Add(
                $"incompatible order: {reader} {read}, and another read it as "
                + $"[{string.Join(' ', longest)}]");
        }

        if (seen.Count > longest.Count) _longest[read.Key] = seen;
    }

    /// <summary>Another's appends to one list are seen all or not at all (G1b).</summary>
    private void CheckIsWhole(ListTransaction reader, ListOperation read, List<string> anomalies)
    {
        if (read.Seen!.Count == 0) return;

        int last = read.Seen[^1];
        ListTransaction writer = _writers[(read.Key, last)];
        if (ReferenceEquals(writer, reader)) return;
        ListOperation lastOfWriter = writer.Operations.Last(
            each => each.Key == read.Key && each.Appended is not null);
        if (lastOfWriter.Appended != last)
        {
            anomalies.Add($"G1b: {reader} {read}, in the middle of the appends of {writer}");
        }
    }
}
