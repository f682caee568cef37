using System.Linq.Expressions;

namespace Memento.Queries;

/// <summary>Translates a predicate written in C# to a guard.</summary>
internal static class GuardTranslator
{
    /// <exception cref="QueryNotSupportedException">
    /// The predicate holds an expression that the store cannot evaluate.
    /// </exception>
    public static Guard Translate<TRecord>(Expression<Func<TRecord, bool>> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return new PredicateTranslator(predicate.Parameters[0]).Translate(predicate.Body);
    }
}
