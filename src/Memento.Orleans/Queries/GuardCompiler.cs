using System.Collections.Immutable;
using System.Diagnostics;
using Memento.Tables;

namespace Memento.Queries;

/// <summary>
/// Turns a guard into a delegate, by composing closures: for a query that runs once, generating
/// code would cost more than it saves. This is the only evaluator of guards.
/// </summary>
internal static class GuardCompiler
{
    /// <exception cref="ArgumentException">
    /// The guard names an unknown property, or compares what cannot be compared.
    /// </exception>
    public static Func<TRecord, bool> Compile<TRecord>(TableDefinition table, Guard guard)
        where TRecord : class
        => Compile<TRecord>(new GuardBinder(table), guard.Root);

    /// <summary>Recursive, which the limit on the depth makes safe.</summary>
    private static Func<TRecord, bool> Compile<TRecord>(GuardBinder binder, GuardNode node)
        where TRecord : class
    {
        switch (node)
        {
            case TruthNode truth:
                return truth.Value ? _ => true : _ => false;
            case NotNode not:
                Func<TRecord, bool> child = Compile<TRecord>(binder, not.Child);
                return record => !child(record);
            case AndNode and:
                return All(CompileEach<TRecord>(binder, and.Children));
            case OrNode or:
                return Any(CompileEach<TRecord>(binder, or.Children));
            case CompareNode compare:
                return CompileCompare<TRecord>(binder, compare);
            case InNode list:
                return CompileIn<TRecord>(binder, list);
            case StartsWithNode prefix:
                return CompileStartsWith<TRecord>(binder, prefix);
            default:
                throw new UnreachableException($"'{node.GetType()}' has no evaluation.");
        }
    }

    private static Func<TRecord, bool>[] CompileEach<TRecord>(
        GuardBinder binder, ImmutableArray<GuardNode> nodes)
        where TRecord : class
    {
        var compiled = new Func<TRecord, bool>[nodes.Length];
        for (int index = 0; index < compiled.Length; index++)
            compiled[index] = Compile<TRecord>(binder, nodes[index]);

        return compiled;
    }

    private static Func<TRecord, bool> All<TRecord>(Func<TRecord, bool>[] children)
    {
        if (children is [Func<TRecord, bool> first, Func<TRecord, bool> second])
            return record => first(record) && second(record);

        return record =>
        {
            foreach (Func<TRecord, bool> child in children)
            {
                if (!child(record))
                    return false;
            }

            return true;
        };
    }

    private static Func<TRecord, bool> Any<TRecord>(Func<TRecord, bool>[] children)
    {
        if (children is [Func<TRecord, bool> first, Func<TRecord, bool> second])
            return record => first(record) || second(record);

        return record =>
        {
            foreach (Func<TRecord, bool> child in children)
            {
                if (child(record))
                    return true;
            }

            return false;
        };
    }

    private static Func<TRecord, bool> CompileCompare<TRecord>(
        GuardBinder binder, CompareNode compare)
        where TRecord : class
    {
        RecordProperty left = binder.Property(compare.Left);
        GuardOperator comparison = compare.Operator;
        if (compare.Right is ConstantOperand { Value: var constant })
        {
            if (constant is null)
                return CompareWithNull<TRecord>(left, comparison);

            Domain domain = binder.Domain(left, comparison, ref constant);
            return domain.Compare<TRecord>(left, comparison, constant);
        }

        RecordProperty right = binder.Property(compare.Right);
        return binder.Domain(left, comparison, right).Compare<TRecord>(left, comparison, right);
    }

    private static Func<TRecord, bool> CompareWithNull<TRecord>(
        RecordProperty property, GuardOperator comparison)
        where TRecord : class
        => comparison switch
        {
            GuardOperator.Equal => record => !property.HasValue(record),
            GuardOperator.NotEqual => property.HasValue,
            _ => _ => false,
        };

    private static Func<TRecord, bool> CompileIn<TRecord>(GuardBinder binder, InNode list)
        where TRecord : class
    {
        RecordProperty property = binder.Property(list.Operand);
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
            Domain domain = binder.Domain(property, GuardOperator.Equal, ref constant);
            if (!byDomain.TryGetValue(domain, out List<object>? constants))
                byDomain.Add(domain, constants = new List<object>(list.Values.Length));

            constants.Add(constant);
        }

        if (byDomain.Count == 0)
            return orNull ? record => !property.HasValue(record) : _ => false;

        Func<TRecord, bool>[] parts =
        [
            .. byDomain.Select(part => part.Key.In<TRecord>(property, part.Value, orNull)),
        ];
        return parts.Length == 1 ? parts[0] : Any(parts);
    }

    private static Func<TRecord, bool> CompileStartsWith<TRecord>(
        GuardBinder binder, StartsWithNode node)
        where TRecord : class
    {
        RecordProperty property = binder.Property(node.Operand);
        binder.RequireText(property);
        TryGetValue<TRecord, string> get = ((RecordProperty<TRecord, string>)property).TryGet;
        string prefix = node.Prefix;
        return record => get(record, out string text)
            && text.StartsWith(prefix, StringComparison.Ordinal);
    }
}
