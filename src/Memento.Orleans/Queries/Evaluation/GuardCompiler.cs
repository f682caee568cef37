using System.Collections.Immutable;
using System.Diagnostics;
using Memento.Tables;

namespace Memento.Queries.Evaluation;

/// <summary>
/// Compiles a guard to a delegate, by composing closures: for a query that runs once, generating
/// code would cost more than it saves. This is the only evaluator of guards.
/// </summary>
internal static class GuardCompiler
{
    /// <exception cref="ArgumentException">
    /// The guard names an unknown property, or compares values that cannot be compared.
    /// </exception>
    public static Func<TRecord, bool> Compile<TRecord>(TableDefinition table, Guard guard)
        where TRecord : class
        => new GuardCompilation<TRecord>(new RecordScope<TRecord>(new GuardBinder(table)))
            .Compile(guard.Root);
}

/// <summary>
/// Compiles the parts of a guard about a record, or about an item of a collection in it.
/// </summary>
internal sealed class GuardCompilation<TRecord>(OperandBinder<TRecord> scope)
{
    /// <summary>It is recursive. That is safe, because the depth is limited.</summary>
    public Func<TRecord, bool> Compile(GuardNode node)
    {
        switch (node)
        {
            case TruthNode truth:
                return truth.Value ? _ => true : _ => false;
            case NotNode not:
                Func<TRecord, bool> child = Compile(not.Child);
                return record => !child(record);
            case AndNode and:
                return All(CompileEach(and.Children));
            case OrNode or:
                return Any(CompileEach(or.Children));
            case CompareNode compare:
                return CompileCompare(compare);
            case TextCompareNode compare:
                return CompileTextCompare(compare);
            case InNode list:
                return CompileIn(list);
            case TextNode text:
                return CompileText(text);
            case HasKeyNode entry:
                return DictionaryBinder.HasKey(
                    scope.Binder, scope.Bind(entry.Operand), entry.Key);
            case AnyNode any:
                return CompileAny(any);
            default:
                throw new UnreachableException($"'{node.GetType()}' has no evaluation.");
        }
    }

    private Func<TRecord, bool>[] CompileEach(ImmutableArray<GuardNode> nodes)
    {
        var compiled = new Func<TRecord, bool>[nodes.Length];
        for (int index = 0; index < compiled.Length; index++)
            compiled[index] = Compile(nodes[index]);

        return compiled;
    }

    private static Func<TRecord, bool> All(Func<TRecord, bool>[] children)
    {
        if (children is [Func<TRecord, bool> first, Func<TRecord, bool> second])
            return record => first(record) && second(record);

        return record =>
        {
            foreach (Func<TRecord, bool> child in children)
            {
                if (!child(record)) return false;
            }

            return true;
        };
    }

    private static Func<TRecord, bool> Any(Func<TRecord, bool>[] children)
    {
        if (children is [Func<TRecord, bool> first, Func<TRecord, bool> second])
            return record => first(record) || second(record);

        return record =>
        {
            foreach (Func<TRecord, bool> child in children)
            {
                if (child(record)) return true;
            }

            return false;
        };
    }

    private Func<TRecord, bool> CompileCompare(CompareNode compare)
    {
        BoundValue<TRecord> left = scope.Bind(compare.Left);
        GuardOperator comparison = compare.Operator;
        if (compare.Right is ConstantOperand { Value: var constant })
        {
            if (constant is null) return CompareWithNull(left, comparison);

            Domain domain = scope.Binder.Domain(left.Shape, comparison, ref constant);
            return domain.Compare(left, comparison, constant);
        }

        BoundValue<TRecord> right = scope.Bind(compare.Right);
        return scope.Binder.Domain(left.Shape, comparison, right.Shape)
            .Compare(left, comparison, right);
    }

    private Func<TRecord, bool> CompileTextCompare(TextCompareNode compare)
    {
        BoundValue<TRecord, string> left = BindText(compare.Left, "a text");
        return compare.Right is ConstantOperand { Value: { } constant }
            ? Domains.CaselessText.Compare(left, compare.Operator, constant)
            : Domains.CaselessText.Compare(
                left, compare.Operator, BindText(compare.Right, "a text"));
    }

    private static Func<TRecord, bool> CompareWithNull(
        BoundValue<TRecord> value, GuardOperator comparison)
        => comparison switch
        {
            GuardOperator.Equal => record => !value.HasValue(record),
            GuardOperator.NotEqual => value.HasValue,
            _ => _ => false,
        };

    private Func<TRecord, bool> CompileIn(InNode list)
    {
        BoundValue<TRecord> operand = scope.Bind(list.Operand);
        bool orNull = false;
        var byDomain = new Dictionary<Domain, List<object>>(capacity: 1);
        foreach (object? value in list.Values)
        {
            if (value is null)
            {
                orNull = true;
                continue;
            }

            object constant = value;
            Domain domain = scope.Binder.Domain(
                operand.Shape, GuardOperator.Equal, ref constant);
            if (!byDomain.TryGetValue(domain, out List<object>? constants))
                byDomain.Add(domain, constants = new List<object>(list.Values.Length));

            constants.Add(constant);
        }

        if (byDomain.Count == 0) return orNull ? record => !operand.HasValue(record) : _ => false;

        Func<TRecord, bool>[] parts =
            [.. byDomain.Select(part => part.Key.In(operand, part.Value, orNull))];
        return parts.Length == 1 ? parts[0] : Any(parts);
    }

    private Func<TRecord, bool> CompileText(TextNode node)
    {
        TryGetValue<TRecord, string> get = BindText(node.Operand, "a part of a text").TryGet;
        string pattern = node.Pattern;
        StringComparison comparison = node.IgnoresCase
            ? StringComparison.OrdinalIgnoreCase
            : StringComparison.Ordinal;
        return node.Match switch
        {
            TextMatch.StartsWith => record => get(record, out string found)
                && found.StartsWith(pattern, comparison),
            TextMatch.EndsWith => record => get(record, out string found)
                && found.EndsWith(pattern, comparison),
            _ => record => get(record, out string found)
                && found.Contains(pattern, comparison),
        };
    }

    private BoundValue<TRecord, string> BindText(Operand operand, string other)
    {
        BoundValue<TRecord> value = scope.Bind(operand);
        return value as BoundValue<TRecord, string>
            ?? throw scope.Binder.Confusion(value.Shape, other);
    }

    private Func<TRecord, bool> CompileAny(AnyNode node)
    {
        BoundValue<TRecord> operand = scope.Bind(node.Operand);
        return CollectionBinder.Any(scope.Binder, operand, node.Item)
            ?? throw scope.Binder.NoCollection(operand.Shape);
    }
}

/// <summary>Checks a guard against a table, without evaluating it, before it is sent.</summary>
internal static class GuardValidator
{
    /// <exception cref="ArgumentException">
    /// The guard names an unknown property, or compares values that cannot be compared.
    /// </exception>
    public static void Validate(TableDefinition table, Guard guard)
        => RecordFilter.Compile(table, guard);
}
