namespace Memento.Queries.Evaluation;

/// <summary>Where a constant lies, seen from the values that a property can have.</summary>
internal enum ConstantFit
{
    Inside,
    Below,
    Above,
}
