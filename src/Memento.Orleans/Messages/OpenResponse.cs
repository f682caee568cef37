using Memento.Tables;

namespace Memento.Messages;

/// <summary>Where a partition is, or why it cannot be opened.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.OpenResponse")]
internal sealed record OpenResponse
{
    /// <summary>The silo that has it.</summary>
    [Id(0)]
    public SiloAddress? Silo { get; init; }

    /// <summary>What is in it.</summary>
    [Id(1)]
    public PartitionInfo? Info { get; init; }

    /// <summary>Why it cannot be opened.</summary>
    [Id(2)]
    public MementoException? Error { get; init; }

    /// <summary>How the table is registered there; null where it is not.</summary>
    [Id(3)]
    public TableRegistration? Registration { get; init; }
}
