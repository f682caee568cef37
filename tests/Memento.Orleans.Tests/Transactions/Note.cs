namespace Memento.Tests.Transactions;

[Table]
internal sealed record Note
{
    public int Id { get; init; }

    public required string Text { get; init; }
}
