namespace Memento.Keys;

/// <summary>
/// A float as the double of the same value, so that, as with integers, a property can be widened
/// later without a change of any stored byte.
/// </summary>
internal sealed class SingleKeyComponent : KeyComponent<float>
{
    public override void Write(ref KeyWriter writer, float value)
        => DoubleKeyComponent.WriteNumber(ref writer, value);

    public override float Read(ref KeyReader reader)
    {
        double stored = DoubleKeyComponent.ReadNumber(ref reader);
        float value = (float)stored;
        if (value != stored)
            throw KeyReader.Damaged($"the stored {stored:R} does not fit into float");

        return value;
    }
}
