namespace Memento.Queries;

/// <summary>Takes a guard to and from its bytes.</summary>
[RegisterConverter]
internal sealed class GuardConverter : IConverter<Guard, GuardSurrogate>
{
    public Guard ConvertFromSurrogate(in GuardSurrogate surrogate)
        => GuardReader.Read(surrogate.Bytes);

    public GuardSurrogate ConvertToSurrogate(in Guard value)
        => new() { Bytes = GuardWriter.Write(value) };
}
