using System.Linq.Expressions;

namespace Memento.Queries.Translation;

/// <summary>Translates a predicate written in C# to a guard.</summary>
internal static class GuardTranslator
{
    /// <exception cref="QueryNotSupportedException">
    /// The predicate has an expression that the store cannot evaluate.
    /// </exception>
    /// <exception cref="ArgumentException">The guard would pass a limit.</exception>
    public static Guard Translate<TRecord>(Expression<Func<TRecord, bool>> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        try
        {
            return new PredicateTranslator(predicate.Parameters[0]).Translate(predicate.Body);
        }
        catch (InsufficientExecutionStackException)
        {
            // An expression that fills the stack is far beyond the limit, and is reported as that.
            GuardSize.RequireDepth(int.MaxValue);
            throw;
        }
    }
}
