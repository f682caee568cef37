using System.Collections;
using Memento.Queries;

namespace Memento;

/// <summary>
/// A predicate over the records of a table, as immutable data. It can be built at run time. A
/// predicate written in C# becomes a guard before it is evaluated or sent.
/// </summary>
/// <remarks>
/// A value is null or of a type that a key can have. Strings compare by ordinal, with regard to
/// case unless a <see cref="StringComparison"/> says otherwise. A local <see cref="DateTime"/>
/// compares as its universal time. A comparison with null follows C#'s operators. A property of
/// null is null. The result of an impossible calculation (a division by zero, an overflow in a
/// checked context) is null. A guard that would exceed a limit is refused when it is made.
/// </remarks>
[Immutable]
public sealed partial class Guard
{
    /// <summary>
    /// How many levels a guard may have, and how many names a path in it may have.
    /// </summary>
    public const int MaxDepth = 100;

    /// <summary>How many comparisons and connectives a guard may have.</summary>
    public const int MaxNodes = 10_000;

    /// <summary>How many values all the lists of a guard may have together.</summary>
    public const int MaxListItems = 100_000;

    internal Guard(GuardNode root) => Root = root;

    /// <summary>The guard that every record satisfies.</summary>
    public static Guard True { get; } = new(TruthNode.True);

    /// <summary>The guard that no record satisfies.</summary>
    public static Guard False { get; } = new(TruthNode.False);

    internal GuardNode Root { get; }

    /// <summary>Whether it is <see cref="True"/>.</summary>
    internal bool IsTrue => Root == TruthNode.True;

    /// <summary>Satisfied where all guards are satisfied; without a guard, everywhere.</summary>
    /// <param name="guards">The guards.</param>
    /// <exception cref="ArgumentException">The result would pass a limit.</exception>
    public static Guard And(params IEnumerable<Guard> guards)
    {
        List<GuardNode> children = Children<AndNode>(guards, TruthNode.True);
        return children.Count switch
        {
            0 => True,
            1 => new Guard(children[0]),
            _ => new Guard(new AndNode([.. children])),
        };
    }

    /// <summary>
    /// Satisfied where at least one guard is satisfied; without a guard, nowhere.
    /// </summary>
    /// <param name="guards">The guards.</param>
    /// <exception cref="ArgumentException">The result would pass a limit.</exception>
    public static Guard Or(params IEnumerable<Guard> guards)
    {
        List<GuardNode> children = Children<OrNode>(guards, TruthNode.False);
        return children.Count switch
        {
            0 => False,
            1 => new Guard(children[0]),
            _ => new Guard(new OrNode([.. children])),
        };
    }

    /// <summary>Satisfied where the guard is not satisfied.</summary>
    /// <param name="guard">The guard.</param>
    /// <exception cref="ArgumentException">The result would pass a limit.</exception>
    public static Guard Not(Guard guard)
    {
        ArgumentNullException.ThrowIfNull(guard);
        return guard.Root switch
        {
            NotNode not => new Guard(not.Child),
            TruthNode truth => truth.Value ? False : True,
            _ => new Guard(new NotNode(guard.Root)),
        };
    }

    /// <summary>
    /// Satisfied where the property has the value; null equals null, NaN equals nothing.
    /// </summary>
    /// <param name="property">
    /// The name of the property. For a property of a nested object, the names with dots between, as
    /// in <c>"Address.City"</c>. For a value in a dictionary, the result of <see cref="Entry"/>.
    /// For an item of a collection, <see cref="Item"/>.
    /// </param>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentException">A guard cannot hold a value of that type.</exception>
    public static Guard Equal(string property, object? value)
        => Compare(GuardOperator.Equal, property, value);

    /// <summary>Satisfied where <see cref="Equal(string, object?)"/> is not satisfied.</summary>
    /// <inheritdoc cref="Equal(string, object?)" path="/param|/exception"/>
    public static Guard NotEqual(string property, object? value)
        => Compare(GuardOperator.NotEqual, property, value);

    /// <summary>
    /// Satisfied where the property is less than the value; never where one of them is null.
    /// </summary>
    /// <inheritdoc cref="Equal(string, object?)" path="/param|/exception"/>
    public static Guard LessThan(string property, object? value)
        => Compare(GuardOperator.LessThan, property, value);

    /// <summary>
    /// Satisfied where the property is at most the value; never where one of them is null.
    /// </summary>
    /// <inheritdoc cref="Equal(string, object?)" path="/param|/exception"/>
    public static Guard LessThanOrEqual(string property, object? value)
        => Compare(GuardOperator.LessThanOrEqual, property, value);

    /// <summary>
    /// Satisfied where the property is more than the value; never where one of them is null.
    /// </summary>
    /// <inheritdoc cref="Equal(string, object?)" path="/param|/exception"/>
    public static Guard GreaterThan(string property, object? value)
        => Compare(GuardOperator.GreaterThan, property, value);

    /// <summary>
    /// Satisfied where the property is at least the value; never where one of them is null.
    /// </summary>
    /// <inheritdoc cref="Equal(string, object?)" path="/param|/exception"/>
    public static Guard GreaterThanOrEqual(string property, object? value)
        => Compare(GuardOperator.GreaterThanOrEqual, property, value);

    /// <summary>
    /// Satisfied where the list contains the property, as a list's Contains decides: null is found
    /// if the list has null, and NaN if it has NaN.
    /// </summary>
    /// <param name="property">The property's name.</param>
    /// <param name="values">The values; they are copied.</param>
    /// <exception cref="ArgumentException">
    /// There are too many values, or a guard cannot hold a value of that type.
    /// </exception>
    public static Guard In(string property, IEnumerable values)
        => In(Named(property), values);

    /// <summary>
    /// Satisfied where the property is text that starts with the prefix, by ordinal.
    /// </summary>
    /// <param name="property">The property's name.</param>
    /// <param name="prefix">The prefix.</param>
    public static Guard StartsWith(string property, string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return Match(TextMatch.StartsWith, Named(property), prefix);
    }

    /// <summary>
    /// Satisfied where the property is text that ends with the suffix, by ordinal.
    /// </summary>
    /// <param name="property">The property's name.</param>
    /// <param name="suffix">The suffix.</param>
    public static Guard EndsWith(string property, string suffix)
    {
        ArgumentNullException.ThrowIfNull(suffix);
        return Match(TextMatch.EndsWith, Named(property), suffix);
    }

    /// <summary>
    /// Satisfied where the property is text that contains the other text, by ordinal.
    /// </summary>
    /// <param name="property">The property's name.</param>
    /// <param name="text">The text to look for.</param>
    public static Guard Contains(string property, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Match(TextMatch.Contains, Named(property), text);
    }

    /// <summary>Satisfied where the property is at least one value and at most the other.</summary>
    /// <param name="property">The property's name.</param>
    /// <param name="from">The least value.</param>
    /// <param name="to">The greatest value.</param>
    /// <exception cref="ArgumentException">A guard cannot hold a value of that type.</exception>
    public static Guard Between(string property, object? from, object? to)
        => And(GreaterThanOrEqual(property, from), LessThanOrEqual(property, to));

    /// <summary>Satisfied where the property is null.</summary>
    /// <param name="property">The property's name.</param>
    public static Guard IsNull(string property) => Equal(property, null);

    /// <summary>Satisfied where the property is not null.</summary>
    /// <param name="property">The property's name.</param>
    public static Guard IsNotNull(string property) => NotEqual(property, null);

    /// <summary>The guard as text, for people.</summary>
    public override string ToString() => Root.ToString();

    internal static Guard In(Operand operand, IEnumerable values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var items = new List<object?>();
        foreach (object? value in values)
        {
            items.Add(GuardConstant.Normalize(value));
            GuardSize.RequireListItems(items.Count);
        }

        return new Guard(new InNode(operand, [.. items]));
    }

    internal static Guard Compare(GuardOperator comparison, Operand left, Operand right)
        => new(CompareNode.Create(comparison, left, right));

    internal static Guard Compare(GuardOperator comparison, Operand operand, object? value)
        => Compare(comparison, operand, new ConstantOperand(value));

    internal static Guard Match(
        TextMatch match, Operand operand, string pattern, bool ignoresCase = false)
        => new(new TextNode(match, operand, pattern, ignoresCase));

    internal static Operand Named(string property)
        => property == Item ? ItemOperand.Instance : new PropertyOperand(property);

    private static Guard Compare(GuardOperator comparison, string property, object? value)
        => Compare(comparison, Named(property), value);

    /// <summary>
    /// Leaves out guards that change nothing, and lifts the children of guards that are joined in
    /// the same way, so that a chain of any length is one level.
    /// </summary>
    private static List<GuardNode> Children<TJunction>(IEnumerable<Guard> guards, TruthNode neutral)
        where TJunction : JunctionNode
    {
        ArgumentNullException.ThrowIfNull(guards);
        var children = new List<GuardNode>();
        foreach (Guard guard in guards)
        {
            ArgumentNullException.ThrowIfNull(guard, nameof(guards));
            if (guard.Root is TJunction same)
                children.AddRange(same.Children);
            else if (guard.Root != neutral)
                children.Add(guard.Root);

            GuardSize.RequireNodes(children.Count);
        }

        return children;
    }
}
