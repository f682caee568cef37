namespace Memento.Queries;

/// <summary>
/// A guard on its way. It is flat: the serializer's own tree would be read by recursion, and could
/// hold cycles and types of the sender's choice.
/// </summary>
[GenerateSerializer]
[Alias("Memento.Guard")]
internal struct GuardSurrogate
{
    [Id(0)]
    public byte[] Bytes;
}

/// <summary>Takes a guard to and from its bytes.</summary>
[RegisterConverter]
internal sealed class GuardConverter : IConverter<Guard, GuardSurrogate>
{
    public Guard ConvertFromSurrogate(in GuardSurrogate surrogate)
        => GuardReader.Read(surrogate.Bytes);

    public GuardSurrogate ConvertToSurrogate(in Guard value)
        => new() { Bytes = GuardWriter.Write(value) };
}
