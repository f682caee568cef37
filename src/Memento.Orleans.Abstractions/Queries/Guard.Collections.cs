using Memento.Queries;

namespace Memento;

// Guards about the collections and dictionaries in a record.
public sealed partial class Guard
{
    /// <summary>
    /// The name of an item in a guard about the items of a collection: <c>Guard.Any("Scores",
    /// Guard.GreaterThan(Guard.Item, 5))</c>. If the items are objects, name their properties
    /// instead: <c>Guard.Any("Offices", Guard.Equal("City", "Oslo"))</c>.
    /// </summary>
    public const string Item = "$item";

    /// <summary>
    /// Satisfied where the property is a collection that contains the value, as a list's Contains
    /// decides.
    /// </summary>
    /// <param name="property">The name of the collection.</param>
    /// <param name="value">The value of an item.</param>
    /// <exception cref="ArgumentException">A guard cannot hold a value of that type.</exception>
    public static Guard HasItem(string property, object? value)
        => HasItem(Named(property), value);

    /// <summary>Satisfied where the property is a collection that has an item.</summary>
    /// <param name="property">The name of the collection.</param>
    public static Guard Any(string property) => Any(Named(property), item: null);

    /// <summary>
    /// Satisfied where the property is a collection with an item that satisfies a guard.
    /// </summary>
    /// <param name="property">The name of the collection.</param>
    /// <param name="item">
    /// The guard for an item. It names the properties of the item, or <see cref="Item"/> for the
    /// item itself. The items of a dictionary have a <c>Key</c> and a <c>Value</c>.
    /// </param>
    /// <exception cref="ArgumentException">The result would pass a limit.</exception>
    public static Guard Any(string property, Guard item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return Any(Named(property), item);
    }

    /// <summary>
    /// Satisfied where the property is a collection whose items all satisfy a guard, also where it
    /// is empty; not where it is null.
    /// </summary>
    /// <inheritdoc cref="Any(string, Guard)" path="/param|/exception"/>
    public static Guard All(string property, Guard item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return All(Named(property), item);
    }

    /// <summary>
    /// Satisfied where the property is a collection whose number of items is in a range; not where
    /// it is null.
    /// </summary>
    /// <param name="property">The name of the collection.</param>
    /// <param name="from">The least number of items.</param>
    /// <param name="to">The greatest number of items.</param>
    /// <param name="item">
    /// The guard that an item must satisfy to be counted, as in <see cref="Any(string, Guard)"/>;
    /// null counts all items.
    /// </param>
    /// <exception cref="ArgumentException">The result would pass a limit.</exception>
    public static Guard CountBetween(string property, int from, int to, Guard? item = null)
    {
        Operand count = Count(Named(property), item);
        return And(
            Compare(GuardOperator.GreaterThanOrEqual, count, from),
            Compare(GuardOperator.LessThanOrEqual, count, to));
    }

    /// <summary>
    /// Satisfied where the property is a dictionary that has the key, whatever its value.
    /// </summary>
    /// <param name="property">The name of the dictionary.</param>
    /// <param name="key">The key, of the type of the dictionary's keys.</param>
    /// <exception cref="ArgumentException">A guard cannot hold a key of that type.</exception>
    public static Guard HasKey(string property, object key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return HasKey(Named(property), key);
    }

    /// <summary>
    /// The name of a value in a dictionary, for a guard that compares it:
    /// <c>Guard.Equal(Guard.Entry("Meta", "colour"), "red")</c>. If the dictionary does not have
    /// the key, the value is null.
    /// </summary>
    /// <param name="property">The name of the dictionary.</param>
    /// <param name="key">
    /// The key, of the type of the dictionary's keys. Any text is only a key, so it may come from a
    /// user.
    /// </param>
    /// <returns>
    /// A path, as in <c>Meta["colour"]</c>. If the value is an object, the names of its properties
    /// may follow, each after a dot.
    /// </returns>
    /// <exception cref="ArgumentException">A guard cannot hold a key of that type.</exception>
    public static string Entry(string property, object key)
    {
        ArgumentException.ThrowIfNullOrEmpty(property);
        ArgumentNullException.ThrowIfNull(key);
        return GuardPath.Entry(property, GuardPath.KeyText(key));
    }

    internal static Guard Any(Operand operand, Guard? item)
        => new(new AnyNode(operand, item?.Root));

    internal static Guard All(Operand operand, Guard item)
        => And(Compare(GuardOperator.NotEqual, operand, value: null), Not(Any(operand, Not(item))));

    internal static Operand Count(Operand operand, Guard? item)
        => item is null
            ? new FunctionOperand(GuardFunction.Count, operand)
            : new CountOperand(operand, item.Root);

    internal static Guard HasItem(Operand operand, object? value)
        => Any(operand, In(ItemOperand.Instance, new[] { value }));

    internal static Guard HasKey(Operand operand, object key)
        => new(new HasKeyNode(operand, GuardPath.KeyText(key)));
}
