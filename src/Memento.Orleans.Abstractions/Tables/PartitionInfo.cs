namespace Memento;

/// <summary>A partition of a table.</summary>
/// <param name="Number">The partition's number, 0 or more.</param>
/// <param name="Silo">The address of the silo that has it in memory.</param>
/// <param name="Size">How many committed records it has.</param>
/// <param name="Memory">An estimate of the bytes that it takes in memory.</param>
[GenerateSerializer]
[Alias("Memento.PartitionInfo")]
public sealed record PartitionInfo(
    [property: Id(0)] int Number,
    [property: Id(1)] string Silo,
    [property: Id(2)] long Size,
    [property: Id(3)] long Memory);
