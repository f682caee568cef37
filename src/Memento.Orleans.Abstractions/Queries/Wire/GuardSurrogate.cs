namespace Memento.Queries;

/// <summary>
/// The form in which a guard is sent. It is flat: a tree of the serializer would be read by
/// recursion, and could have cycles and types that the sender chooses.
/// </summary>
[GenerateSerializer]
[Alias("Memento.Guard")]
internal struct GuardSurrogate
{
    [Id(0)]
    public byte[] Bytes;
}

/// <summary>Converts a guard to its bytes and back.</summary>
[RegisterConverter]
internal sealed class GuardConverter : IConverter<Guard, GuardSurrogate>
{
    public Guard ConvertFromSurrogate(in GuardSurrogate surrogate)
        => GuardReader.Read(surrogate.Bytes);

    public GuardSurrogate ConvertToSurrogate(in Guard value)
        => new() { Bytes = GuardWriter.Write(value) };
}
