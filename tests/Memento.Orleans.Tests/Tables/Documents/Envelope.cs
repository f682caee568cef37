namespace Memento.Tests.Tables.Documents;

[GenerateSerializer]
internal sealed class Envelope
{
    [Id(0)]
    public object? Content { get; set; }

    [Id(1)]
    public Movie? Movie { get; set; }
}
