using System.Text;

namespace Memento.Tests.Consistency;

/// <summary>
/// Checks whether a history of list appends and reads is strictly serializable, as Elle does: it
/// infers the order of transactions from their reads, and looks for a cycle in it.
/// </summary>
internal static class HistoryChecker
{
    /// <summary>How many anomalies are told; one bug makes many.</summary>
    private const int MostAnomalies = 20;

    /// <summary>The fault in words; null if there is none.</summary>
    public static string? Check(IReadOnlyList<ListTransaction> history)
    {
        var anomalies = new List<string>();
        var versions = new ListVersions(history, anomalies);
        if (anomalies.Count > 0)
            return string.Join(Environment.NewLine, anomalies.Distinct().Take(MostAnomalies));

        var graph = new DependencyGraph(history, versions);
        foreach (DependencyKind worst in Enum.GetValues<DependencyKind>())
        {
            IReadOnlyList<Dependency>? cycle =
                CycleFinder.Find(graph.Edges.Where(each => each.Kind <= worst));
            if (cycle is not null) return Describe(worst, cycle);
        }

        return null;
    }

    private static string Describe(DependencyKind worst, IReadOnlyList<Dependency> cycle)
    {
        string name = worst switch
        {
            DependencyKind.WriteWrite => "G0",
            DependencyKind.WriteRead => "G1c",
            DependencyKind.ReadWrite
                when cycle.Count(each => each.Kind == DependencyKind.ReadWrite) == 1 => "G-single",
            DependencyKind.ReadWrite => "G2",
            _ => "real time",
        };
        var text = new StringBuilder($"{name}: a cycle of {cycle.Count} transactions");
        foreach (Dependency each in cycle)
            text.AppendLine().Append($"  {each.From} comes before {each.To}: {each.Why}");
        foreach (ListTransaction each in cycle.Select(each => each.From))
            text.AppendLine().Append($"  {each} = {string.Join("; ", each.Operations)}");
        return text.ToString();
    }
}
