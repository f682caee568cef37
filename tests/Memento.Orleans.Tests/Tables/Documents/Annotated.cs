namespace Memento.Tests.Tables.Documents;

/// <summary>A record type that says itself how Orleans is to carry it.</summary>
[GenerateSerializer]
internal sealed record Annotated([property: Id(0)] int Id, [property: Id(1)] string Name);
