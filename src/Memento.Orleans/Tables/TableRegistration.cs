namespace Memento.Tables;

/// <summary>
/// How a process registered a table, as far as all that use it have to agree: in which partition a key is,
/// and what its bytes say. Where it is stored, and its indexes, only the silos have to know.
/// </summary>
/// <param name="Partitions">The number of partitions.</param>
/// <param name="Shape">Its type and its key, for people too.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.TableRegistration")]
internal sealed record TableRegistration(
    [property: Id(0)] int Partitions,
    [property: Id(1)] string Shape)
{
    public static TableRegistration Of(TableSchema schema)
    {
        IEnumerable<string> key = schema.Key.Select(static part => $"{part.Property} {part.Type}");
        string numbers = schema.AutoIncrement ? ", auto-increment" : "";
        return new TableRegistration(
            schema.PartitionCount,
            $"{schema.Type} with the key ({string.Join(", ", key)}){numbers}");
    }

    /// <summary>
    /// Checks that a caller registered the table like this, or what he asks of it would be answered by a
    /// part of its records.
    /// </summary>
    /// <exception cref="MementoException">He did not.</exception>
    public void Require(string table, TableRegistration? caller)
    {
        if (Equals(caller)) return;

        if (caller is not null && caller.Partitions != Partitions)
        {
            throw new MementoException(
                $"Table '{table}' has {Partitions} partitions, and the caller registered "
                + $"{caller.Partitions}. Register it with the same number of partitions in clients and "
                + "silos.");
        }

        throw new MementoException(
            $"Table '{table}' is a {Shape}, and the caller registered a {caller?.Shape ?? "table that it "
            + "does not tell"}. Register it with the same type and options in clients and silos.");
    }
}
