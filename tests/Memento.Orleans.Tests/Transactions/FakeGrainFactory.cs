using System.Reflection;

namespace Memento.Tests.Transactions;

/// <summary>A grain factory that returns the grain of the test for every call.</summary>
internal class FakeGrainFactory : DispatchProxy
{
    private Func<object?> _find = static () => null;

    public static IGrainFactory Of(Func<object?> find)
    {
        IGrainFactory factory = Create<IGrainFactory, FakeGrainFactory>();
        ((FakeGrainFactory)factory)._find = find;
        return factory;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _find();
}
