namespace Memento.Tests.Clusters.Simulation.Grains;

/// <summary>What takes part in Orleans' two-phase commit.</summary>
internal enum PartyKind
{
    /// <summary>A transactional state of a grain.</summary>
    Grain = 0,

    /// <summary>A partition of ours.</summary>
    Partition = 1,

    /// <summary>A silo of ours, as a manager.</summary>
    Silo = 2,
}

/// <summary>The name of one that takes part in Orleans' two-phase commit.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Number">Of a grain or a partition: its number.</param>
/// <param name="Silo">Of a silo: its address.</param>
internal sealed record Party(PartyKind Kind, int Number, SiloAddress? Silo)
{
    public static Party Grain(int number) => new(PartyKind.Grain, number, null);

    public static Party Partition(int number) => new(PartyKind.Partition, number, null);

    public static Party Of(SiloAddress silo) => new(PartyKind.Silo, 0, silo);

    public override string ToString()
        => Kind == PartyKind.Silo ? $"{Silo}" : $"{Kind} {Number}";
}
