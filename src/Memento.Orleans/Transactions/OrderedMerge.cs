using Memento.Partitions;

namespace Memento.Transactions;

/// <summary>Merges the partitions' answers, each in key order, into one.</summary>
internal static class OrderedMerge
{
    public static List<StoredRecord> Merge(object?[] answers)
    {
        var runs = new List<List<StoredRecord>>(answers.Length);
        foreach (object? answer in answers)
        {
            if (answer is List<StoredRecord> { Count: > 0 } run) runs.Add(run);
        }

        while (runs.Count > 1)
        {
            var merged = new List<List<StoredRecord>>((runs.Count + 1) / 2);
            for (int i = 0; i + 1 < runs.Count; i += 2)
                merged.Add(Merge(runs[i], runs[i + 1]));
            if (runs.Count % 2 == 1) merged.Add(runs[^1]);
            runs = merged;
        }

        return runs.Count == 0 ? [] : runs[0];
    }

    private static List<StoredRecord> Merge(List<StoredRecord> left, List<StoredRecord> right)
    {
        var merged = new List<StoredRecord>(left.Count + right.Count);
        int l = 0;
        int r = 0;
        while (l < left.Count && r < right.Count)
        {
            bool takesLeft = left[l].Key.AsSpan().SequenceCompareTo(right[r].Key) <= 0;
            merged.Add(takesLeft ? left[l++] : right[r++]);
        }

        for (; l < left.Count; l++)
            merged.Add(left[l]);
        for (; r < right.Count; r++)
            merged.Add(right[r]);
        return merged;
    }
}
