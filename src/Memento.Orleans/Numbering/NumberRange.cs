namespace Memento.Numbering;

/// <summary>Numbers that a sequence has given to a silo; none where the sequence is at its end.</summary>
/// <param name="Used">Every number up to here is used, by whomever.</param>
/// <param name="Last">The last number of the range; the first is the one above <see cref="Used"/>.</param>
/// <param name="RaisedBy">The explicit key above which the sequence last went on; null for none.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.NumberRange")]
internal sealed record NumberRange(
    [property: Id(0)] long Used, [property: Id(1)] long Last, [property: Id(2)] long? RaisedBy);
