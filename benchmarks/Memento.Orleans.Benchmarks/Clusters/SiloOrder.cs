using System.Text.Json.Serialization;

namespace Memento.Benchmarks.Clusters;

/// <summary>What the program asks one of its silos to do, a line of JSON each.</summary>
[JsonDerivedType(typeof(Join), nameof(Join))]
[JsonDerivedType(typeof(Load), nameof(Load))]
[JsonDerivedType(typeof(Sum), nameof(Sum))]
[JsonDerivedType(typeof(Run), nameof(Run))]
internal abstract record SiloOrder
{
    /// <summary>Starts the silo; answered when it serves, with its process id.</summary>
    /// <param name="Place">Where.</param>
    /// <param name="Storage">The name of the storage.</param>
    /// <param name="PostgreSql">The connection string, where that is PostgreSQL.</param>
    public sealed record Join(SiloPlace Place, string Storage, string? PostgreSql) : SiloOrder;

    /// <summary>Loads the table; answered with the time that it took.</summary>
    public sealed record Load(TableSize Size) : SiloOrder;

    /// <summary>Adds all balances up; answered with the sum.</summary>
    public sealed record Sum : SiloOrder;

    /// <summary>Runs a workload; answered with a <see cref="RunResult"/>.</summary>
    public sealed record Run(RunOrder Order) : SiloOrder;
}
