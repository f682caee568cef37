namespace Memento.Tests.Queries.Oracle;

/// <summary>A row as the model keeps it.</summary>
/// <param name="Values">Its values.</param>
/// <param name="Serial">Which write it is of: a later one has a greater number.</param>
internal sealed record ModelRow(Sample Values, int Serial);
