using Memento.Queries;

namespace Memento;

// Guards about texts, with regard to case or without.
public sealed partial class Guard
{
    /// <summary>Satisfied where the property is the text; null equals null.</summary>
    /// <param name="property">The property's name.</param>
    /// <param name="value">The text.</param>
    /// <param name="comparison">
    /// <see cref="StringComparison.Ordinal"/>, or <see cref="StringComparison.OrdinalIgnoreCase"/>,
    /// which no index helps.
    /// </param>
    /// <exception cref="ArgumentException">The comparison depends on a culture.</exception>
    public static Guard Equal(string property, string? value, StringComparison comparison)
        => Compare(GuardOperator.Equal, property, value, comparison);

    /// <summary>Satisfied where the property is not the text.</summary>
    /// <inheritdoc cref="Equal(string, string?, StringComparison)" path="/param|/exception"/>
    public static Guard NotEqual(string property, string? value, StringComparison comparison)
        => Compare(GuardOperator.NotEqual, property, value, comparison);

    /// <summary>
    /// Satisfied where the property comes before the text; never where one of them is null.
    /// </summary>
    /// <inheritdoc cref="Equal(string, string?, StringComparison)" path="/param|/exception"/>
    public static Guard LessThan(string property, string? value, StringComparison comparison)
        => Compare(GuardOperator.LessThan, property, value, comparison);

    /// <summary>
    /// Satisfied where the property is the text or comes before it; never where one of them is
    /// null.
    /// </summary>
    /// <inheritdoc cref="Equal(string, string?, StringComparison)" path="/param|/exception"/>
    public static Guard LessThanOrEqual(
        string property, string? value, StringComparison comparison)
        => Compare(GuardOperator.LessThanOrEqual, property, value, comparison);

    /// <summary>
    /// Satisfied where the property comes after the text; never where one of them is null.
    /// </summary>
    /// <inheritdoc cref="Equal(string, string?, StringComparison)" path="/param|/exception"/>
    public static Guard GreaterThan(string property, string? value, StringComparison comparison)
        => Compare(GuardOperator.GreaterThan, property, value, comparison);

    /// <summary>
    /// Satisfied where the property is the text or comes after it; never where one of them is null.
    /// </summary>
    /// <inheritdoc cref="Equal(string, string?, StringComparison)" path="/param|/exception"/>
    public static Guard GreaterThanOrEqual(
        string property, string? value, StringComparison comparison)
        => Compare(GuardOperator.GreaterThanOrEqual, property, value, comparison);

    /// <summary>Satisfied where the property is text that starts with the prefix.</summary>
    /// <param name="property">The property's name.</param>
    /// <param name="prefix">The prefix.</param>
    /// <param name="comparison">
    /// <see cref="StringComparison.Ordinal"/>, or <see cref="StringComparison.OrdinalIgnoreCase"/>,
    /// which no index helps.
    /// </param>
    /// <exception cref="ArgumentException">The comparison depends on a culture.</exception>
    public static Guard StartsWith(string property, string prefix, StringComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return Match(
            TextMatch.StartsWith, Named(property), prefix, IgnoresCase(comparison));
    }

    /// <summary>Satisfied where the property is text that ends with the suffix.</summary>
    /// <param name="property">The property's name.</param>
    /// <param name="suffix">The suffix.</param>
    /// <param name="comparison">
    /// <see cref="StringComparison.Ordinal"/> or <see cref="StringComparison.OrdinalIgnoreCase"/>.
    /// </param>
    /// <exception cref="ArgumentException">The comparison depends on a culture.</exception>
    public static Guard EndsWith(string property, string suffix, StringComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(suffix);
        return Match(
            TextMatch.EndsWith, Named(property), suffix, IgnoresCase(comparison));
    }

    /// <summary>Satisfied where the property is text that contains the other text.</summary>
    /// <param name="property">The property's name.</param>
    /// <param name="text">The text to look for.</param>
    /// <param name="comparison">
    /// <see cref="StringComparison.Ordinal"/> or <see cref="StringComparison.OrdinalIgnoreCase"/>.
    /// </param>
    /// <exception cref="ArgumentException">The comparison depends on a culture.</exception>
    public static Guard Contains(string property, string text, StringComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Match(
            TextMatch.Contains, Named(property), text, IgnoresCase(comparison));
    }

    /// <summary>Compares without regard to case. A comparison with null is the usual one.</summary>
    internal static Guard CompareIgnoringCase(
        GuardOperator comparison, Operand left, Operand right)
        => left is ConstantOperand { Value: null } || right is ConstantOperand { Value: null }
            ? Compare(comparison, left, right)
            : new Guard(TextCompareNode.Create(comparison, left, right));

    private static Guard Compare(
        GuardOperator comparison, string property, string? value, StringComparison kind)
    {
        var left = Named(property);
        var right = new ConstantOperand(value);
        return IgnoresCase(kind)
            ? CompareIgnoringCase(comparison, left, right)
            : Compare(comparison, left, right);
    }

    private static bool IgnoresCase(StringComparison comparison) => comparison switch
    {
        StringComparison.Ordinal => false,
        StringComparison.OrdinalIgnoreCase => true,
        _ => throw new ArgumentException(
            "A guard compares texts by ordinal, on every machine alike, and not by "
            + $"'{comparison}'. Use StringComparison.Ordinal or "
            + "StringComparison.OrdinalIgnoreCase.",
            nameof(comparison)),
    };
}
